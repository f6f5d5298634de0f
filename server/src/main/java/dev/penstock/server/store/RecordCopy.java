package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;

/// Copies a whole record from one transaction into another, of whichever back ends.
final class RecordCopy {
    private static final int BATCH_ROWS = 500;

    /// In an order that the triggers and keys of the tables allow.
    static final List<Table> TABLES = List.of(
            new Table("models", List.of("name", "revision", "policy", "config")),
            new Table("used_numbers", List.of("model", "number", "digest")),
            new Table("version_files", List.of("model", "number", "path", "sha256", "bytes")),
            new Table(
                    "versions",
                    List.of(
                            "model",
                            "number",
                            "digest",
                            "source",
                            "registered",
                            "registered_by",
                            "lineage",
                            "signature",
                            "breaking",
                            "judge",
                            "wanted",
                            "intent")),
            new Table("gate_results", List.of("model", "number", "position", "gate", "verdict", "detail")),
            new Table("aliases", List.of("model", "name", "version", "previous", "moved", "moved_by")),
            new Table(
                    "routes", List.of("name", "revision", "generation", "assignment", "spec", "changed", "changed_by")),
            new Table(
                    "rollouts",
                    List.of("id", "route", "revision", "ticks", "phase", "owner", "spec", "state", "changed")),
            new Table("rollout_events", List.of("rollout", "seq", "at", "event")),
            new Table("rollout_tallies", List.of("rollout", "source", "seq", "epochs")),
            new Table("baseline_sets", List.of("model", "revision")),
            new Table("baselines", List.of("model", "id", "added", "content")),
            new Table("held_baselines", List.of("model", "version", "baseline")),
            new Table("audit", List.of("id", "model", "who", "action", "detail", "at", "before_json", "after_json")));

    /// What servers count is of the moment: it is in no copy, and goes where a record is emptied.
    static final List<String> PASSING = List.of("counted_windows", "drift_watchers", "counting_servers");

    private RecordCopy() {}

    /// @param columns all of them
    record Table(String name, List<String> columns) {
        private String select() {
            return "SELECT %s FROM %s".formatted(String.join(", ", columns), name);
        }

        private String insert() {
            String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
            return "INSERT INTO %s (%s) VALUES (%s)".formatted(name, String.join(", ", columns), marks);
        }
    }

    /// @throws StoreException with `REFUSED` if there is anything in the target
    static void copy(Connection from, Connection to) throws SQLException {
        long revision = Sql.number(from, "SELECT revision FROM store_state WHERE id = 1");
        int rows = Sql.update(to, "UPDATE store_state SET revision = ? WHERE id = 1 AND revision = 0", revision);
        if (rows != 1) {
            throw new StoreException(Reason.REFUSED, "the record is not empty (expected: one without any history)");
        }
        for (Table table : TABLES) {
            copy(from, to, table);
        }
    }

    private static void copy(Connection from, Connection to, Table table) throws SQLException {
        try (Statement select = from.createStatement();
                PreparedStatement insert = to.prepareStatement(table.insert())) {
            select.setFetchSize(BATCH_ROWS);
            try (ResultSet row = select.executeQuery(table.select())) {
                int waiting = 0;
                while (row.next()) {
                    for (int column = 1; column <= table.columns().size(); column++) {
                        insert.setObject(column, row.getObject(column));
                    }
                    insert.addBatch();
                    waiting++;
                    if (waiting == BATCH_ROWS) {
                        insert.executeBatch();
                        waiting = 0;
                    }
                }
                insert.executeBatch();
            }
        }
    }
}
