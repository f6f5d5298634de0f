package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/// Looks at a record beside the servers that have it open, as of one moment, and changes nothing. Blocks;
/// throws [StoreException] only.
final class RecordVisit {
    private RecordVisit() {}

    /// @return the schema that it has; 0 if there is no record
    static int schema(StoreSettings settings) {
        return switch (settings) {
            case StoreSettings.Sqlite sqlite ->
                Files.exists(sqlite.file())
                        ? file(sqlite.file(), connection -> SqliteFiles.installed(sqlite.file(), connection))
                        : 0;
            case StoreSettings.Postgres postgres -> {
                // The connection's own is unknown as long as it is not there.
                String schema = PostgresConnections.source(postgres, PostgresPatience.USUAL)
                        .getCurrentSchema();
                yield database(postgres, connection -> Migrations.installed(connection, schema, postgres.toString()));
            }
        };
    }

    /// @throws StoreException with `UNREADABLE` if there is no record, or one of another schema than this
    ///     release's
    static <T> T read(StoreSettings settings, Database.Work<T> work) {
        int found = schema(settings);
        Migrations.checkKnown(found, settings.toString());
        if (found != Migrations.NEWEST) {
            throw new StoreException(
                    Reason.UNREADABLE,
                    found == 0
                            ? "%s is not there, or no record (expected: a record of models)".formatted(settings)
                            : "%s has schema %d (expected: %d; upgrade it first, or use the release that wrote it)"
                                    .formatted(settings, found, Migrations.NEWEST));
        }
        return switch (settings) {
            case StoreSettings.Sqlite sqlite -> file(sqlite.file(), work);
            case StoreSettings.Postgres postgres -> database(postgres, work);
        };
    }

    private static <T> T file(Path file, Database.Work<T> work) {
        try {
            SqliteFiles.checkHeader(file);
            try (Connection connection = SqliteFiles.readers(file).getConnection()) {
                connection.setAutoCommit(false);
                return Transactions.run(connection, work);
            }
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be read: %s".formatted(file, e), e);
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        }
    }

    static <T> T database(StoreSettings.Postgres settings, Database.Work<T> work) {
        PGSimpleDataSource source = PostgresConnections.source(settings, PostgresPatience.USUAL);
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(PostgresDatabase.LONG.toMillis()));
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            }
            return Transactions.run(connection, work);
        } catch (SQLException e) {
            throw SqlFailures.of(settings.url(), e);
        }
    }
}
