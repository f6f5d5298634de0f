package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.SQLException;

/// Work that happens as a whole or not at all.
final class Transactions {
    private Transactions() {}

    /// @param connection that does not commit by itself
    static <T> T run(Connection connection, Database.Work<T> work) throws SQLException {
        try {
            T result = work.run(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
            } catch (SQLException also) {
                e.addSuppressed(also);
            }
            throw e;
        }
    }
}
