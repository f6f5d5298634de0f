package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Empties a record within a transaction: its triggers, which forbid that, are put away until it is done.
final class RecordErasure {
    private RecordErasure() {}

    private record Trigger(String name, String sql) {}

    static void sqlite(Connection connection) throws SQLException {
        List<Trigger> triggers = Sql.query(
                connection,
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
                row -> new Trigger(row.getString(1), row.getString(2)));
        try (Statement statement = connection.createStatement()) {
            for (Trigger trigger : triggers) {
                statement.execute("DROP TRIGGER " + trigger.name());
            }
            deleteAll(statement);
            for (Trigger trigger : triggers) {
                statement.execute(trigger.sql());
            }
        }
    }

    static void postgres(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (RecordCopy.Table table : RecordCopy.TABLES) {
                statement.execute("ALTER TABLE %s DISABLE TRIGGER USER".formatted(table.name()));
            }
            deleteAll(statement);
            // A table with checks that are still to come cannot be altered.
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
            for (RecordCopy.Table table : RecordCopy.TABLES) {
                statement.execute("ALTER TABLE %s ENABLE TRIGGER USER".formatted(table.name()));
            }
            statement.execute("SET CONSTRAINTS ALL DEFERRED");
        }
    }

    private static void deleteAll(Statement statement) throws SQLException {
        for (RecordCopy.Table table : RecordCopy.TABLES.reversed()) {
            statement.execute("DELETE FROM " + table.name());
        }
        for (String passing : RecordCopy.PASSING) {
            statement.execute("DELETE FROM " + passing);
        }
    }
}
