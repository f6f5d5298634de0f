package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.TestedStore.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final StoreSettings.Postgres settings = TestPostgres.shared().newSchema();

    @SuppressWarnings("NullAway.Init")
    private SharedFiles files;

    @BeforeEach
    void open() {
        files = Stores.sharedFiles(settings);
    }

    @AfterEach
    void close() {
        files.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 20, (1 << 20) + 1, 5_000_000})
    void whatOneServerPutsAnotherFetches(int bytes) throws Exception {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        StoredFile file = put(content);
        files.put(file, folder.resolve("there is one already"));

        try (SharedFiles others = Stores.sharedFiles(settings)) {
            Path target = folder.resolve("fetched");
            assertThat(others.fetch(file, target)).isTrue();
            assertThat(target).hasBinaryContent(content);
            assertRefused(Reason.UNAVAILABLE, () -> others.fetch(file, target));
            assertThat(target).hasBinaryContent(content);
        }
    }

    @Test
    void whatNobodyPutIsNotThere() {
        Path target = folder.resolve("fetched");

        assertThat(files.fetch(StoreFixtures.file("model.onnx", "content"), target))
                .isFalse();
        assertThat(target).doesNotExist();
    }

    @Test
    void contentThatIsNotTheFilesIsRefusedAndNotKept() throws Exception {
        Path content = Files.writeString(folder.resolve("content"), "other");
        StoredFile file = StoreFixtures.file("model.onnx", "content");

        assertRefused(Reason.REFUSED, () -> files.put(file, content));
        assertThat(files.fetch(file, folder.resolve("fetched"))).isFalse();
    }

    @Test
    void aCopyThatWasChangedIsNotTaken() throws Exception {
        StoredFile file = put("content".getBytes(StandardCharsets.UTF_8));
        execute("UPDATE shared_file_pieces SET content = 'other'");

        assertRefused(Reason.UNREADABLE, () -> files.fetch(file, folder.resolve("fetched")));
        assertThat(folder.resolve("fetched")).doesNotExist();
    }

    @Test
    void onlyOldCopiesWithoutAVersionAreSweptAway() throws Exception {
        VersionRecord version = version(1, "one");
        StoredFile recorded = put("one".getBytes(StandardCharsets.UTF_8));
        StoredFile old = put("old".getBytes(StandardCharsets.UTF_8));
        execute("UPDATE shared_files SET added = now() - INTERVAL '2 days'");
        StoredFile young = put("young".getBytes(StandardCharsets.UTF_8));
        try (ModelStore store = StoreFixtures.open(settings)) {
            store.put(model("m", version), act("register"));
        }

        assertThat(files.sweep()).isEqualTo(1);
        assertThat(files.fetch(recorded, folder.resolve("recorded"))).isTrue();
        assertThat(files.fetch(young, folder.resolve("young"))).isTrue();
        assertThat(files.fetch(old, folder.resolve("old"))).isFalse();
    }

    private StoredFile put(byte[] content) throws Exception {
        Path path = Files.write(folder.resolve("content"), content);
        String sha256 = HexFormat.of().formatHex(Digests.sha256().digest(content));
        StoredFile file = new StoredFile("model.onnx", sha256, content.length);
        files.put(file, path);
        return file;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = PostgresConnections.source(settings, PostgresPatience.USUAL)
                        .getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
