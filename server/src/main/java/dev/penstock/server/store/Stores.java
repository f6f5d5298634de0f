package dev.penstock.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.postgresql.ds.PGSimpleDataSource;

/// Opens the record, and does with it what is not a server's daily work. Blocks; throws [StoreException].
public final class Stores {
    private Stores() {}

    /// A record's schema.
    ///
    /// @param found the version that it has, or had before; 0 if there is no record yet
    /// @param newest the version that this release writes
    public record Schema(int found, int newest) {}

    /// Opens the record, makes one if there is none, and brings an old one to this release's schema.
    ///
    /// @throws StoreException with `UNAVAILABLE` if it cannot be reached, or a file is in use by another
    ///     server; with `UNREADABLE` if it is of a newer release or of another program
    public static ModelStore open(StoreSettings settings) {
        return new DatabaseStore(database(settings, PostgresPatience.USUAL));
    }

    static Database database(StoreSettings settings, PostgresPatience patience) {
        return switch (settings) {
            case StoreSettings.Sqlite sqlite -> SqliteDatabase.open(sqlite.file());
            case StoreSettings.Postgres postgres -> PostgresDatabase.open(postgres, patience);
        };
    }

    /// Says which schema the record has, and changes nothing. A newer one than this release's is told, too.
    public static Schema schema(StoreSettings settings) {
        return new Schema(
                switch (settings) {
                    case StoreSettings.Sqlite sqlite -> installed(sqlite.file());
                    case StoreSettings.Postgres postgres -> installed(postgres);
                },
                Migrations.NEWEST);
    }

    /// Brings the record to this release's schema, as [#open] does, too.
    public static Schema upgrade(StoreSettings settings) {
        Schema before = schema(settings);
        open(settings).close();
        return before;
    }

    /// Puts a backup, of whichever back end, into a record without any history, and adds an entry to its audit
    /// log.
    ///
    /// @return how many models there are then
    /// @throws StoreException with `REFUSED` if there is anything in the record, with `UNREADABLE` if the file
    ///     is no backup; nothing is changed then
    public static int restore(StoreSettings settings, Path backup, String who, Instant at) {
        try (Database database = database(settings, PostgresPatience.USUAL)) {
            return Backups.restore(database, backup, who, at);
        }
    }

    /// Opens the files that servers with this record share; brings it to this release's schema, too.
    public static SharedFiles sharedFiles(StoreSettings.Postgres settings) {
        return new PostgresFiles(database(settings, PostgresPatience.USUAL));
    }

    private static int installed(Path file) {
        try {
            if (!Files.exists(file)) {
                return 0;
            }
            SqliteFiles.checkHeader(file);
            try (Connection connection = SqliteFiles.readers(file).getConnection()) {
                return SqliteFiles.installed(file, connection);
            }
        } catch (IOException e) {
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "%s cannot be read: %s".formatted(file, e), e);
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        }
    }

    private static int installed(StoreSettings.Postgres postgres) {
        PGSimpleDataSource source = PostgresConnections.source(postgres, PostgresPatience.USUAL);
        try (Connection connection = source.getConnection()) {
            return Migrations.installed(connection, source.getCurrentSchema());
        } catch (SQLException e) {
            throw SqlFailures.of(postgres.url(), e);
        }
    }
}
