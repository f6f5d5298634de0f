package dev.penstock.server.store;

import static java.util.Objects.requireNonNull;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// One file, one process: a connection that writes, and one that reads what was last committed meanwhile.
final class SqliteDatabase implements Database {
    private final Path file;
    private final RecordLock lock;
    private final SQLiteDataSource readers;
    private final SqliteConnection writing;
    private final SqliteConnection reading;

    private SqliteDatabase(Path file, RecordLock lock, SqliteConnection writing, SQLiteDataSource readers)
            throws SQLException {
        this.file = file;
        this.lock = lock;
        this.readers = readers;
        this.writing = writing;
        this.reading = new SqliteConnection(readers, "BEGIN");
    }

    /// Makes the file and its folder if there are none.
    static SqliteDatabase open(Path file) {
        try {
            Files.createDirectories(requireNonNull(file.toAbsolutePath().getParent()));
            SqliteFiles.checkHeader(file);
            RecordLock lock = RecordLock.take(file);
            try {
                return opened(file, lock);
            } catch (SQLException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be opened: %s".formatted(file, e), e);
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        }
    }

    private static SqliteDatabase opened(Path file, RecordLock lock) throws SQLException {
        SQLiteDataSource writers = SqliteFiles.source(file, JournalMode.WAL, TransactionMode.IMMEDIATE);
        SqliteFiles.bringUp(file, writers);
        SqliteConnection writing = new SqliteConnection(writers, "BEGIN IMMEDIATE");
        try {
            SQLiteDataSource readers = SqliteFiles.readers(file);
            return new SqliteDatabase(file, lock, writing, readers);
        } catch (SQLException e) {
            writing.close();
            throw e;
        }
    }

    @Override
    public <T> T read(Work<T> work) {
        return run(reading, work);
    }

    @Override
    public <T> T readLong(Work<T> work) {
        try (SqliteConnection own = new SqliteConnection(readers, "BEGIN")) {
            return own.run(work);
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        return run(writing, work);
    }

    @Override
    public <T> T writeLong(Work<T> work) {
        return write(work);
    }

    private <T> T run(SqliteConnection connection, Work<T> work) {
        try {
            return connection.run(work);
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        }
    }

    @Override
    public void erase(Connection connection) throws SQLException {
        RecordErasure.sqlite(connection);
    }

    @Override
    public void announce(Connection connection, long revision) {
        // Nobody else can have it open.
    }

    @Override
    public void wrote(long revision) {
        // As above.
    }

    @Override
    public void onChange(Runnable listener) {
        // Nobody else can change it.
    }

    @Override
    public void close() {
        try {
            reading.close();
            writing.close();
        } catch (SQLException e) {
            throw SqlFailures.of(file.toString(), e);
        } finally {
            lock.close();
        }
    }
}
