package dev.penstock.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A record that each back end opens anew for each test.
abstract class TestedStore {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    StoreSettings settings;

    @SuppressWarnings("NullAway.Init")
    ModelStore store;

    /// A record that does not exist yet.
    abstract StoreSettings newSettings();

    /// A connection past the store, as a person with a database client has one.
    abstract Connection connect() throws SQLException;

    @BeforeEach
    void open() {
        settings = newSettings();
        store = StoreFixtures.open(settings);
    }

    @AfterEach
    void close() {
        store.close();
    }

    static void assertRefused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    void assertForbidden(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate(sql)).isInstanceOf(SQLException.class);
        }
    }
}
