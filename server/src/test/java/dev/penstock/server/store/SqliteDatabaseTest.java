package dev.penstock.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a file whose disk is full, and of what is written after that.
class SqliteDatabaseTest {
    @TempDir
    private Path folder;

    private SqliteDatabase database;

    @BeforeEach
    void open() {
        database = SqliteDatabase.open(folder.resolve("record.db"));
        execute("CREATE TABLE notes (text TEXT)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void execute(String... statements) {
        Boolean _ = database.write(connection -> {
            run(connection, statements);
            return true;
        });
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                boolean _ = statement.execute(sql);
            }
        }
    }

    private List<String> notes() {
        return database.read(connection ->
                Sql.query(connection, "SELECT substr(text, 1, 5) FROM notes ORDER BY rowid", row -> row.getString(1)));
    }

    private void refuse(String... statements) {
        assertThatThrownBy(() -> database.write(connection -> {
                    run(connection, statements);
                    throw new SQLException("no");
                }))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void whatSqliteEndedByItselfIsNotWhatTheNextWriteIsWrittenIn() {
        // As it does when a disk is full.
        refuse("INSERT INTO notes VALUES ('first')", "ROLLBACK");

        refuse("INSERT INTO notes VALUES ('second')");
        assertThat(notes()).isEmpty();

        execute("INSERT INTO notes VALUES ('third')");
        assertThat(notes()).containsExactly("third");
    }

    @Test
    void whoIsRefusedForWantOfRoomHasWrittenNothingAndTheNextOneIsServed() {
        long pages = database.read(connection -> Sql.number(connection, "PRAGMA page_count"));
        String large = "hex(randomblob(400000))";

        for (int i = 0; i < 3; i++) {
            // Of the connection, which may be a new one by then.
            execute("PRAGMA max_page_count = " + (pages + 8));
            assertThatThrownBy(() ->
                            execute("INSERT INTO notes VALUES ('small')", "INSERT INTO notes VALUES (" + large + ")"))
                    .isInstanceOf(StoreException.class);
            assertThat(notes()).isEmpty();
        }
        execute("PRAGMA max_page_count = 1000000", "INSERT INTO notes VALUES ('later')");

        refuse("INSERT INTO notes VALUES ('never')");
        assertThat(notes()).containsExactly("later");
    }

    @Test
    void whatThrowsAnErrorIsNotRecordedEither() {
        assertThatThrownBy(() -> database.write(connection -> {
                    run(connection, "INSERT INTO notes VALUES ('first')");
                    throw new AssertionError("no");
                }))
                .isInstanceOf(AssertionError.class);
        execute("INSERT INTO notes VALUES ('later')");

        assertThat(notes()).containsExactly("later");
    }
}
