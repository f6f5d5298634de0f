package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.model;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// The record in a file.
class SqliteStoreTest extends ModelStoreTests {
    private final AtomicInteger files = new AtomicInteger();

    @Override
    StoreSettings newSettings() {
        return new StoreSettings.Sqlite(folder.resolve("data/record-%d.db".formatted(files.incrementAndGet())));
    }

    @Override
    Connection connect() throws SQLException {
        return SqliteFiles.readers(file()).getConnection();
    }

    @Test
    void aSecondServerIsToldWhoHasTheFile() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Stores.open(settings))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                    .hasMessageContaining("record-1.db is in use by this process");
        }
        store.put(model("m"), act("register"));
    }

    @Test
    void aFileOfAnotherProgramIsLeftAlone() throws Exception {
        Path text = Files.writeString(folder.resolve("notes.txt"), "these are notes, and they are to stay");
        Path other = folder.resolve("other.db");
        try (Connection connection = SqliteFiles.readers(other).getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE songs (title TEXT)");
        }

        assertRefused(Reason.UNREADABLE, () -> Stores.open(new StoreSettings.Sqlite(text)));
        assertRefused(Reason.UNREADABLE, () -> Stores.open(new StoreSettings.Sqlite(other)));
        assertThat(text).content().startsWith("these are notes");
    }

    @Test
    void aFolderThatCannotBeIsSaidToBe() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertRefused(Reason.UNAVAILABLE, () -> Stores.open(new StoreSettings.Sqlite(file.resolve("record.db"))));
    }

    @Test
    void aRecordOfTheFirstReleaseIsBroughtUp() throws Exception {
        StoreSettings.Sqlite old = (StoreSettings.Sqlite) newSettings();
        SQLiteDataSource source = SqliteFiles.source(old.file(), JournalMode.DELETE, TransactionMode.DEFERRED);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA application_id = " + 0x5053544b);
        }
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/sqlite")
                .table("schema_history")
                .target("1")
                .load()
                .migrate();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            String sha256 = "0".repeat(64);
            for (String row : List.of(
                    "models VALUES ('m', 1, 'latest 1', '')",
                    "used_numbers VALUES ('m', 1, '%s')".formatted(sha256),
                    "version_files VALUES ('m', 1, 'model.onnx', '%s', 7)".formatted(sha256),
                    "versions VALUES ('m', 1, '%s', '', '2026-11-21T12:00:00Z', 'ann', '%s', '', 1)"
                            .formatted(sha256, RecordJson.of(Lineage.UNKNOWN)))) {
                statement.addBatch("INSERT INTO " + row);
            }
            connection.setAutoCommit(false);
            statement.executeBatch();
            connection.commit();
        }

        assertThat(Stores.schema(old).found()).isEqualTo(1);
        Path backup = folder.resolve("backup.db");
        store.backUp(backup);
        assertRefused(Reason.REFUSED, () -> Stores.restore(old, backup, "ops", StoreFixtures.NOON));
        assertRefused(
                Reason.REFUSED,
                () -> Stores.replace(old, backup, folder.resolve("kept.db"), "ops", StoreFixtures.NOON));
        assertThat(Stores.schema(old).found()).isEqualTo(1);
        try (ModelStore opened = Stores.open(old)) {
            ModelRecord read = opened.model("m").orElseThrow();
            VersionRecord version = requireNonNull(read.versions().get(1L));
            assertThat(version.breaking()).isFalse();
            assertThat(version.judge()).isEmpty();
            VersionRecord next = version.with(true, "other", List.of());
            assertThat(opened.put(StoreFixtures.with(read, next), act("load")).versions())
                    .containsEntry(1L, next);
        }
    }

    /// The newest schema was changed while no release had it.
    @Test
    void aRecordOfABuildBetweenReleasesIsRefusedByName() throws Exception {
        Path file = folder.resolve("between.db");
        StoreSettings between = new StoreSettings.Sqlite(file);
        Stores.open(between).close();
        try (Connection connection = SqliteFiles.source(file, JournalMode.WAL, TransactionMode.IMMEDIATE)
                        .getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE versions RENAME COLUMN intent TO way_back");
        }

        assertThatThrownBy(() -> Stores.open(between))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE))
                .hasMessageContainingAll("between.db was made by a build between releases", "'intent'");
        assertThatThrownBy(() -> Stores.schema(between)).hasMessageContaining("between releases");
    }

    /// As one is left by a server that was killed.
    @Test
    void aRecordWhoseLastChangesAreInASecondFileIsNoBackup() throws Exception {
        store.put(model("m"), act("register"));
        Path left = folder.resolve("left.db");
        Path log = folder.resolve("left.db-wal");
        Files.copy(file(), left);
        Files.copy(file().resolveSibling(file().getFileName() + "-wal"), log);
        assertThat(log).isNotEmptyFile();

        StoreSettings target = newSettings();
        assertThatThrownBy(() -> Stores.restore(target, left, "ops", StoreFixtures.NOON))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE))
                .hasMessageContainingAll("left.db-wal", "penstock record backup");

        Path whole = folder.resolve("whole.db");
        assertThat(Stores.backUp(new StoreSettings.Sqlite(left), whole).models())
                .isPositive();
        assertThat(Stores.restore(target, whole, "ops", StoreFixtures.NOON)).isEqualTo(1);
    }

    @Test
    void whatAnotherIsWritingToTheSameNameIsLeftAlone() throws Exception {
        Path part = Files.writeString(folder.resolve("backup.db.part"), "another's");

        store.backUp(folder.resolve("backup.db"));

        assertThat(part).hasContent("another's");
        assertThat(folder).isDirectoryNotContaining("glob:**backup.db.*.part");
    }

    private Path file() {
        return ((StoreSettings.Sqlite) settings).file();
    }
}
