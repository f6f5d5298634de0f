package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

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

    private Path file() {
        return ((StoreSettings.Sqlite) settings).file();
    }
}
