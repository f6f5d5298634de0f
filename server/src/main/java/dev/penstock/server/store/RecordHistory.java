package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// What a record went through. Notes alone, and baselines, are no history: they are also made where a record
/// was lost and is still to be restored, and it has to count as empty until then.
final class RecordHistory {
    private RecordHistory() {}

    /// The revision of the whole record; 0 if there are no more than notes. Every model that ever was has an
    /// entry that says what it became, and entries about no model are of restores.
    static long revision(Connection connection) throws SQLException {
        return Sql.number(connection, """
                SELECT CASE WHEN EXISTS (SELECT 1 FROM audit WHERE after_json <> '' OR model = '')
                THEN revision ELSE 0 END
                FROM store_state WHERE id = 1""");
    }

    /// Empties a record that has no more than notes.
    ///
    /// @return the notes, oldest first
    /// @throws StoreException with `REFUSED` if there is more
    static List<AuditEntry> takeNotes(Database database, Connection connection) throws SQLException {
        hold(connection);
        if (revision(connection) > 0) {
            throw new StoreException(Reason.REFUSED, "the record is not empty (expected: one without any history)");
        }
        List<AuditEntry> notes = RecordReader.audit(connection, "", Long.MAX_VALUE, Integer.MAX_VALUE)
                .reversed();
        // With them go baselines, each change of which is noted.
        if (!notes.isEmpty()) {
            erase(database, connection);
        }
        return notes;
    }

    /// Empties a record.
    ///
    /// @param revision of the history that was seen in it
    /// @throws StoreException with `STALE` if it has another by now
    static void clear(Database database, Connection connection, long revision) throws SQLException {
        hold(connection);
        if (revision(connection) != revision) {
            throw new StoreException(Reason.STALE, "the record was changed meanwhile (expected: by nobody; try again)");
        }
        erase(database, connection);
    }

    /// Other writers wait from here until the transaction ends.
    private static void hold(Connection connection) throws SQLException {
        Sql.updateOne(connection, "UPDATE store_state SET revision = revision WHERE id = 1");
    }

    private static void erase(Database database, Connection connection) throws SQLException {
        Sql.updateOne(connection, "UPDATE store_state SET revision = 0 WHERE id = 1");
        database.erase(connection);
    }
}
