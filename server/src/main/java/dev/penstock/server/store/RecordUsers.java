package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/// Who has a record open, as far as that can be known.
final class RecordUsers {
    private RecordUsers() {}

    /// @return in words; none if nobody has
    static List<String> of(StoreSettings settings) {
        return switch (settings) {
            case StoreSettings.Sqlite sqlite -> of(sqlite);
            case StoreSettings.Postgres postgres -> of(postgres);
        };
    }

    private static List<String> of(StoreSettings.Sqlite sqlite) {
        try {
            return RecordLock.holder(sqlite.file()).stream().toList();
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be looked at: %s".formatted(sqlite.file(), e), e);
        }
    }

    private static List<String> of(StoreSettings.Postgres postgres) {
        PGSimpleDataSource source = PostgresConnections.source(postgres, PostgresPatience.USUAL);
        String name = String.valueOf(source.getApplicationName());
        return RecordVisit.database(
                postgres,
                connection -> Sql.query(
                        connection,
                        """
                        SELECT coalesce(host(client_addr), 'a socket of that machine') AS client, count(*) AS connections
                        FROM pg_stat_activity
                        WHERE datname = current_database() AND application_name = ? AND pid <> pg_backend_pid()
                        GROUP BY 1 ORDER BY 1
                        """,
                        row -> "%s (%d connections)".formatted(row.getString("client"), row.getLong("connections")),
                        name));
    }
}
