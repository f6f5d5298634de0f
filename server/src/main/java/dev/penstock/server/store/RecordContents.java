package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// What there is in a record, in numbers.
///
/// @param revision of the whole; 0 for one without any history, see [Recorded]
/// @param changed when the last change was made
public record RecordContents(
        long revision,
        long models,
        long versions,
        long aliases,
        long routes,
        long rollouts,
        long baselines,
        long auditEntries,
        Optional<Instant> changed) {
    static RecordContents of(Connection connection) throws SQLException {
        return new RecordContents(
                RecordHistory.revision(connection),
                Sql.number(connection, "SELECT count(*) FROM models"),
                Sql.number(connection, "SELECT count(*) FROM versions"),
                Sql.number(connection, "SELECT count(*) FROM aliases"),
                Sql.number(connection, "SELECT count(*) FROM routes"),
                Sql.number(connection, "SELECT count(*) FROM rollouts"),
                Sql.number(connection, "SELECT count(*) FROM baselines"),
                Sql.number(connection, "SELECT count(*) FROM audit"),
                Sql.query(
                                connection,
                                "SELECT at FROM audit ORDER BY id DESC LIMIT 1",
                                row -> Instant.parse(row.getString(1)))
                        .stream()
                        .findFirst());
    }

    /// Whether nothing was ever recorded; there may be notes in its audit log all the same.
    public boolean isEmpty() {
        return revision == 0;
    }
}
