package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.SQLException;

/// Transactions in one of the two back ends. Thread-safe; blocks; throws [StoreException] only.
interface Database extends AutoCloseable {
    /// Runs work that sees the record as of one moment; possibly twice, if a connection was lost.
    <T> T read(Work<T> work);

    /// The same, for work that takes long. Others go on meanwhile.
    <T> T readLong(Work<T> work);

    /// Runs work that is committed when this returns, and undone if it throws. If the connection is lost while
    /// it commits, either may be the case.
    <T> T write(Work<T> work);

    /// The same, for work that takes long and that others wait for.
    <T> T writeLong(Work<T> work);

    /// Empties the record, but for its revision, as part of a transaction.
    void erase(Connection connection) throws SQLException;

    /// Has the other servers told of a change, as part of its transaction.
    void announce(Connection connection, long revision) throws SQLException;

    /// Called when a change of this server is committed.
    void wrote(long revision);

    void onChange(Runnable listener);

    @Override
    void close();

    /// What happens in a transaction.
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
