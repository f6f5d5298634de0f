package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.pointing;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.StoreFixtures.with;
import static dev.penstock.server.store.StoreFixtures.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What both back ends must do about backups and the schema.
abstract class StoreCopyTests extends ArmBondsTests {
    @Test
    void aBackupComesBackWholeInEitherBackEnd() {
        VersionRecord deleted = version(5, "five");
        ModelRecord put = store.put(model("m", version(1, "one"), deleted), act("register"));
        store.put(pointing(without(put, 5), "stable", 1, 0), act("delete"));
        store.put(model("n", version(2, "two")), act("register"));
        Path backup = folder.resolve("backup.db");

        store.backUp(backup);

        for (StoreSettings target : List.of(
                new StoreSettings.Sqlite(folder.resolve("back.db")),
                TestPostgres.shared().newSchema())) {
            assertThat(Stores.restore(target, backup, "ops", StoreFixtures.NOON))
                    .isEqualTo(2);
            try (ModelStore restored = StoreFixtures.open(target)) {
                assertThat(restored.models()).isEqualTo(store.models());
                List<AuditEntry> entries = assertConsistent(restored);
                assertThat(entries.subList(0, 3))
                        .isEqualTo(store.audit("", Long.MAX_VALUE, 10).reversed());
                assertThat(entries.getLast().act().detail()).isEqualTo("2 models from backup.db");
                ModelRecord m = restored.model("m").orElseThrow();
                assertRefused(Reason.REFUSED, () -> restored.put(with(m, version(5, "other")), act("register")));
                assertThat(restored.put(with(m, deleted), act("register")).versions())
                        .hasSize(2);
            }
            assertRefused(Reason.REFUSED, () -> Stores.restore(target, backup, "ops", StoreFixtures.NOON));
        }
    }

    @Test
    void aRecordThatIsReplacedIsEmptiedWithAllItForbidsAndForbidsItAgain() throws Exception {
        store.put(model("m", version(1, "one")), act("register"));
        Path backup = folder.resolve("backup.db");
        assertThat(Stores.backUp(settings, backup).versions()).isEqualTo(1);
        ModelRecord m = store.model("m").orElseThrow();
        store.put(pointing(with(m, version(2, "two")), "stable", 2, 1), act("register"));
        store.put(model("n", version(1, "other")), act("register"));
        Path kept = folder.resolve("kept.db");

        assertRefused(Reason.UNAVAILABLE, () -> Stores.replace(settings, backup, kept, "ops", StoreFixtures.NOON));
        assertThat(kept).doesNotExist();
        store.close();
        TestPostgres.awaitNobody(settings);
        assertThat(Stores.replace(settings, backup, kept, "ops", StoreFixtures.NOON))
                .isEqualTo(1);

        store = StoreFixtures.open(settings);
        // Newer than all that was there, so that servers that went on believe it.
        assertThat(store.models()).containsExactly(StoreFixtures.revised(m, 4));
        assertThat(store.audit("", Long.MAX_VALUE, 10)).hasSize(2);
        RecordContents before = Stores.contents(new StoreSettings.Sqlite(kept));
        assertThat(before.revision()).isEqualTo(3);
        assertThat(before.versions()).isEqualTo(3);
        assertThat(before.aliases()).isEqualTo(1);
        assertForbidden("DELETE FROM audit");
        assertForbidden("UPDATE versions SET source = 'x'");
        assertForbidden("DELETE FROM version_files");
    }

    @Test
    void notesAreNoHistoryAndComeAfterWhatIsRestored() throws Exception {
        store.put(model("m", version(1, "one")), act("register"));
        Path backup = folder.resolve("backup.db");
        store.backUp(backup);
        StoreSettings lost = newSettings();
        try (ModelStore noted = StoreFixtures.open(lost)) {
            noted.note("m", act("approve-retraining"));
            noted.note("never", act("dismiss-retraining"));
            assertThat(noted.recorded()).isEqualTo(new Recorded(0, List.of()));
            assertThat(noted.revision()).isZero();
            assertRefused(Reason.REFUSED, () -> noted.note("", act("x")));
        }
        TestPostgres.awaitNobody(lost);
        assertThat(Stores.contents(lost).isEmpty()).isTrue();
        assertThat(Stores.contents(lost).auditEntries()).isEqualTo(2);

        assertThat(Stores.restore(lost, backup, "ops", StoreFixtures.NOON)).isOne();
        try (ModelStore restored = StoreFixtures.open(lost)) {
            assertThat(restored.models()).isEqualTo(store.models());
            assertThat(restored.revision()).isEqualTo(4);
            assertThat(assertConsistent(restored))
                    .extracting(entry -> entry.act().action())
                    .containsExactly("register", "approve-retraining", "dismiss-retraining", "restore");
        }
        assertRefused(Reason.REFUSED, () -> Stores.restore(lost, backup, "ops", StoreFixtures.NOON));
        store.delete("m", 1, act("delete"));
        assertThat(store.revision()).as("all of it was deleted").isEqualTo(2);
    }

    @Test
    void aBackupIsNotWrittenOverAnything() throws Exception {
        Path backup = Files.writeString(folder.resolve("backup.db"), "precious");

        assertRefused(Reason.REFUSED, () -> store.backUp(backup));

        assertThat(backup).hasContent("precious");
        assertRefused(Reason.UNAVAILABLE, () -> store.backUp(folder.resolve("nowhere/backup.db")));
    }

    @Test
    void whatIsNoBackupIsNotRestored() throws Exception {
        store.put(model("m", version(1, "one")), act("register"));
        Path backup = folder.resolve("backup.db");
        store.backUp(backup);
        byte[] damaged = Files.readAllBytes(backup);
        java.util.Arrays.fill(damaged, 4_096, damaged.length, (byte) 0x5a);
        StoreSettings target = newSettings();

        for (Path file : List.of(
                folder.resolve("none"),
                Files.createFile(folder.resolve("empty")),
                Files.writeString(folder.resolve("text"), "this is not a database, but long enough to be one"),
                Files.write(folder.resolve("damaged"), damaged))) {
            assertRefused(Reason.UNREADABLE, () -> Stores.restore(target, file, "ops", StoreFixtures.NOON));
        }
        assertThat(Stores.restore(target, backup, "ops", StoreFixtures.NOON)).isEqualTo(1);
    }

    @Test
    void aRecordOfANewerReleaseIsRefused() throws SQLException {
        store.close();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO schema_history (installed_rank, version, description, type, script,"
                    + " installed_by, execution_time, success) VALUES (99, '7', 'x', 'SQL', 'x', 'x', 1, true)");
        }

        assertThatThrownBy(() -> Stores.open(settings))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer release: it has schema 7, and this one knows up to 6");
        assertThat(Stores.schema(settings)).isEqualTo(new Stores.Schema(7, Migrations.NEWEST));
        store = StoreFixtures.open(newSettings());
    }

    @Test
    void theSchemaIsToldAndMadeByUpgrade() {
        StoreSettings other = newSettings();

        assertThat(Stores.schema(other).found()).isZero();
        assertThat(Stores.upgrade(other).found()).isZero();
        assertThat(Stores.schema(other)).isEqualTo(new Stores.Schema(Migrations.NEWEST, Migrations.NEWEST));
        assertThat(Stores.upgrade(other).found()).isEqualTo(Migrations.NEWEST);
    }

    /// A migration that adds a table or column must have it copied, too.
    @Test
    void backupsHaveEveryColumnOfEveryTable() throws SQLException {
        Map<String, Set<String>> tables = new HashMap<>();
        try (Connection connection = connect();
                var columns = connection.getMetaData().getColumns(null, connection.getSchema(), "%", "%")) {
            while (columns.next()) {
                tables.computeIfAbsent(columns.getString("TABLE_NAME"), _ -> new java.util.HashSet<>())
                        .add(columns.getString("COLUMN_NAME"));
            }
        }
        Map<String, Set<String>> copied = new HashMap<>();
        RecordCopy.TABLES.forEach(table -> copied.put(table.name(), Set.copyOf(table.columns())));
        copied.put("store_state", Set.of("id", "revision"));

        tables.keySet().removeAll(RecordCopy.PASSING);
        tables.keySet().removeAll(Set.of("schema_history", "shared_files", "shared_file_pieces"));
        tables.keySet().removeIf(name -> name.contains("_pk") || name.startsWith("sqlite_") || name.contains("_idx"));
        tables.remove("audit_of_model");
        assertThat(tables).isEqualTo(copied);
    }
}
