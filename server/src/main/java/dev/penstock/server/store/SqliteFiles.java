package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// SQLite files with a record in them, as servers use them and as backups.
final class SqliteFiles {
    /// "PSTK", in the file's header.
    private static final int APPLICATION_ID = 0x5053544b;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private SqliteFiles() {}

    /// @param journal `WAL` for a file that is written and read at the same time, `DELETE` for one that must
    ///     be whole without a second one
    static SQLiteDataSource source(Path file, JournalMode journal, TransactionMode transactions) {
        SQLiteConfig config = config(transactions);
        config.setJournalMode(journal);
        return source(file, config);
    }

    /// For files as they are.
    static SQLiteDataSource readers(Path file) {
        return source(file, config(TransactionMode.DEFERRED));
    }

    private static SQLiteConfig config(TransactionMode transactions) {
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setTransactionMode(transactions);
        return config;
    }

    private static SQLiteDataSource source(Path file, SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    /// Makes a record of a file that is new, and brings an old one to this release's schema.
    ///
    /// @return the schema that it had, or 0
    static int bringUp(Path file, SQLiteDataSource source) throws SQLException {
        int installed;
        try (Connection connection = source.getConnection()) {
            installed = installed(file, connection);
            if (installed == 0) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                }
            }
        }
        Migrations.bringUp(Migrations.Dialect.SQLITE, source, null, installed, file.toString());
        return installed;
    }

    /// @return 0 if it is empty
    /// @throws StoreException with `UNREADABLE` if it belongs to another program
    static int installed(Path file, Connection connection) throws SQLException {
        int installed = Migrations.installed(connection, null, file.toString());
        boolean ours = Sql.number(connection, "PRAGMA application_id") == APPLICATION_ID;
        if (!ours && Sql.number(connection, "SELECT count(*) FROM sqlite_master") > 0) {
            throw new StoreException(
                    Reason.UNREADABLE, file + " belongs to another program: it is no record of models");
        }
        return installed;
    }

    /// @throws StoreException with `UNREADABLE` if there is a file that SQLite did not write
    static void checkHeader(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return;
        }
        try (InputStream content = Files.newInputStream(file)) {
            if (!Arrays.equals(content.readNBytes(MAGIC.length), MAGIC)) {
                throw new StoreException(Reason.UNREADABLE, file + " is no SQLite file");
            }
        }
    }

    /// @throws StoreException with `UNREADABLE` if its pages do not fit together
    static void checkPages(Path file, Connection connection) throws SQLException {
        List<String> problems = Sql.query(connection, "PRAGMA quick_check(1)", row -> row.getString(1));
        if (!problems.equals(List.of("ok"))) {
            throw new StoreException(Reason.UNREADABLE, "%s is damaged: %s".formatted(file, problems.getFirst()));
        }
    }
}
