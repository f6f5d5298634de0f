package dev.penstock.server.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;

/// A connection to a file, which one thread after the other uses for work that happens as a whole or not at
/// all. It begins and ends each transaction itself: the driver begins the next one when it has ended one, and
/// where SQLite has ended that already, as it does when a disk is full, the driver begins none, and each
/// statement of the next work would stay by itself.
final class SqliteConnection implements AutoCloseable {
    private final SQLiteDataSource source;
    private final String begin;
    private final ReentrantLock turn = new ReentrantLock(true);

    /// Null if nobody knows how the last transaction ended: the next one has a new connection.
    @GuardedBy("turn")
    private @Nullable Connection connection;

    @GuardedBy("turn")
    private boolean closed;

    /// @param begin the statement that begins a transaction
    SqliteConnection(SQLiteDataSource source, String begin) throws SQLException {
        this.source = source;
        this.begin = begin;
        this.connection = source.getConnection();
    }

    <T> T run(Database.Work<T> work) throws SQLException {
        turn.lock();
        try {
            return within(opened(), work);
        } finally {
            turn.unlock();
        }
    }

    @GuardedBy("turn")
    private Connection opened() throws SQLException {
        if (closed) {
            throw new SQLException("the record is closed");
        }
        if (connection == null) {
            connection = source.getConnection();
        }
        return connection;
    }

    @GuardedBy("turn")
    private <T> T within(Connection open, Database.Work<T> work) throws SQLException {
        execute(open, begin);
        try {
            T result = work.run(open);
            execute(open, "COMMIT");
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            rollBack(open, e);
            throw e;
        }
    }

    @GuardedBy("turn")
    private void rollBack(Connection open, Throwable why) {
        try {
            execute(open, "ROLLBACK");
        } catch (SQLException ended) {
            why.addSuppressed(ended);
            connection = null;
            closeQuietly(open, why);
        }
    }

    private static void closeQuietly(Connection open, Throwable why) {
        try {
            open.close();
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean _ = statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        turn.lock();
        try {
            closed = true;
            if (connection != null) {
                connection.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
