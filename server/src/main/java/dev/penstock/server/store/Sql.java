package dev.penstock.server.store;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Statements with their values. Texts that one of the back ends could not keep are refused for both.
final class Sql {
    private Sql() {}

    /// Reads one row.
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /// Does something with one row.
    @FunctionalInterface
    interface RowTaker {
        void take(ResultSet row) throws SQLException;
    }

    static int update(Connection connection, @CompileTimeConstant String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /// Inserts or changes one row.
    static void updateOne(Connection connection, @CompileTimeConstant String sql, Object... values)
            throws SQLException {
        int rows = update(connection, sql, values);
        if (rows != 1) {
            throw new IllegalStateException("%d rows (expected: 1): %s".formatted(rows, sql));
        }
    }

    static <T> List<T> query(
            Connection connection, @CompileTimeConstant String sql, RowReader<T> reader, Object... values)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        each(connection, sql, row -> rows.add(reader.read(row)), values);
        return rows;
    }

    static void each(Connection connection, @CompileTimeConstant String sql, RowTaker taker, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    taker.take(row);
                }
            }
        }
    }

    static long number(Connection connection, @CompileTimeConstant String sql, Object... values) throws SQLException {
        return query(connection, sql, row -> row.getLong(1), values).getFirst();
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof String text) {
                checkText(text);
            }
            statement.setObject(i + 1, values[i]);
        }
    }

    private static void checkText(String text) {
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new StoreException(
                    StoreException.Reason.REFUSED, "a text has a NUL or half a character in it (expected: Unicode)");
        }
    }
}
