package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// Reads and writes what servers counted of rollouts, within one transaction.
final class TallyTable {
    /// Of one rollout: more than a few seconds' come together only while nobody drives it.
    static final int MOST_ROWS = 256;

    static final int MOST_CHARACTERS = 1 << 22;

    private static final int MOST_WAITING_CHARACTERS = 1 << 24;

    private TallyTable() {}

    static boolean add(Connection connection, RolloutTallyRecord tally) throws SQLException {
        if (tally.epochs().length() > MOST_CHARACTERS) {
            throw new StoreException(
                    Reason.REFUSED,
                    "counts of rollout '%s': %d characters (expected: at most %d)"
                            .formatted(tally.rollout(), tally.epochs().length(), MOST_CHARACTERS));
        }
        boolean runs = RouteReader.running(connection).containsValue(tally.rollout());
        long waiting =
                Sql.number(connection, "SELECT count(*) FROM rollout_tallies WHERE rollout = ?", tally.rollout());
        long characters = Sql.number(
                connection,
                "SELECT coalesce(sum(length(epochs)), 0) FROM rollout_tallies WHERE rollout = ?",
                tally.rollout());
        if (!runs || waiting >= MOST_ROWS || characters >= MOST_WAITING_CHARACTERS) {
            return false;
        }
        int _ = Sql.update(connection, """
                INSERT INTO rollout_tallies (rollout, source, seq, epochs) VALUES (?, ?, ?, ?)
                ON CONFLICT (rollout, source, seq) DO NOTHING""", tally.rollout(), tally.source(), tally.number(), tally.epochs());
        return true;
    }

    static List<RolloutTallyRecord> all(Connection connection, String rollout) throws SQLException {
        return Sql.query(
                connection,
                "SELECT rollout, source, seq, epochs FROM rollout_tallies WHERE rollout = ? ORDER BY source, seq",
                row -> new RolloutTallyRecord(
                        row.getString("rollout"), row.getString("source"), row.getLong("seq"), row.getString("epochs")),
                rollout);
    }

    static void drop(Connection connection, String rollout, Map<String, Long> upTo) throws SQLException {
        for (Map.Entry<String, Long> each : upTo.entrySet()) {
            int _ = Sql.update(
                    connection,
                    "DELETE FROM rollout_tallies WHERE rollout = ? AND source = ? AND seq <= ?",
                    rollout,
                    each.getKey(),
                    each.getValue());
        }
    }

    static void dropAll(Connection connection, String rollout) throws SQLException {
        int _ = Sql.update(connection, "DELETE FROM rollout_tallies WHERE rollout = ?", rollout);
    }
}
