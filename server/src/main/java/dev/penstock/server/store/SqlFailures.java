package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteException;

/// What a failure of a back end means. Pure.
final class SqlFailures {
    /// What our triggers raise in PostgreSQL.
    private static final String OUR_STATE = "PS001";

    /// The end of a connection, no resources, an operator's intervention, a failure of the system, a broken
    /// transaction, a lock not had in time, and not being let in.
    private static final Set<String> UNAVAILABLE_CLASSES = Set.of("08", "53", "57", "58", "40", "25", "55", "28", "3D");

    private SqlFailures() {}

    static StoreException of(String where, SQLException failure) {
        SQLException root = root(failure);
        Reason reason = root instanceof SQLiteException sqlite ? sqliteReason(sqlite) : stateReason(root);
        return new StoreException(reason, where + ": " + root.getMessage(), failure);
    }

    /// Whether a new connection could do better.
    static boolean isLostConnection(SQLException failure) {
        String state = state(root(failure));
        return state.startsWith("08") || state.startsWith("57P");
    }

    /// A pool that had no connection in time says why in its cause.
    private static SQLException root(SQLException failure) {
        SQLException root = failure;
        while (root.getCause() instanceof SQLException cause) {
            root = cause;
        }
        return root;
    }

    private static String state(SQLException failure) {
        String state = failure.getSQLState();
        return state == null ? "" : state;
    }

    private static Reason stateReason(SQLException failure) {
        String state = state(failure);
        if (state.equals(OUR_STATE) || state.startsWith("23") || state.startsWith("22")) {
            return Reason.REFUSED;
        }
        // A pool without a cause has no state.
        boolean unavailable =
                state.isEmpty() || UNAVAILABLE_CLASSES.contains(state.substring(0, Math.min(2, state.length())));
        return unavailable ? Reason.UNAVAILABLE : Reason.UNREADABLE;
    }

    private static Reason sqliteReason(SQLiteException failure) {
        return switch (failure.getResultCode().code & 0xff) {
            case 11, 26, 1 -> Reason.UNREADABLE; // CORRUPT, NOTADB, and ERROR: another schema
            case 19, 20, 18 -> Reason.REFUSED; // CONSTRAINT, which triggers raise, too; MISMATCH; TOOBIG
            default -> Reason.UNAVAILABLE; // BUSY, FULL, IOERR, READONLY, CANTOPEN, …
        };
    }
}
