package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

/// Brings a record to this release's schema. Both back ends have the same schema versions.
final class Migrations {
    static final int NEWEST = 6;

    private static final String HISTORY = "schema_history";

    /// What builds before the first release put into schema 2 last.
    private static final int CHECKED = 2;

    private static final String LAST_TABLE = "versions";

    private static final String LAST_COLUMN = "intent";

    /// Held, because the JDK forgets the level of a logger that nobody holds.
    private static final Logger CHATTER = Logger.getLogger("org.flywaydb");

    private Migrations() {}

    /// The migrations of a back end.
    enum Dialect {
        SQLITE("classpath:db/sqlite"),
        POSTGRES("classpath:db/postgres");

        private final String location;

        Dialect(String location) {
            this.location = location;
        }
    }

    /// @param schema whose record is meant, or null where there is only one
    /// @return 0 if there is no record yet
    /// @throws StoreException with `UNREADABLE` if no release made it
    static int installed(Connection connection, @Nullable String schema, String where) throws SQLException {
        if (!hasHistory(connection, schema)) {
            return 0;
        }
        List<String> versions = Sql.query(
                connection,
                "SELECT version FROM schema_history WHERE version IS NOT NULL AND success",
                row -> row.getString(1));
        int installed = versions.stream().mapToInt(Integer::parseInt).max().orElse(0);
        if (installed >= CHECKED && installed <= NEWEST && !hasColumn(connection, schema, LAST_TABLE, LAST_COLUMN)) {
            throw new StoreException(
                    Reason.UNREADABLE,
                    "%s was made by a build between releases: its schema %d has no column '%s' in '%s', and no release knows it (expected: a record made anew)"
                            .formatted(where, installed, LAST_COLUMN, LAST_TABLE));
        }
        return installed;
    }

    private static boolean hasColumn(Connection connection, @Nullable String schema, String table, String column)
            throws SQLException {
        try (ResultSet columns =
                connection.getMetaData().getColumns(null, pattern(connection, schema), table, column)) {
            return columns.next();
        }
    }

    /// Of that name only: an underscore in it would stand for any letter.
    private static @Nullable String pattern(Connection connection, @Nullable String name) throws SQLException {
        if (name == null) {
            return null;
        }
        String escape = connection.getMetaData().getSearchStringEscape();
        return name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }

    /// Does nothing, at hardly any cost, if the record is of this release.
    ///
    /// @throws StoreException with `UNREADABLE` if it is of a newer one, or is not a record
    static void bringUp(Dialect dialect, DataSource source, @Nullable String schema, int installed, String where) {
        checkKnown(installed, where);
        if (installed == NEWEST) {
            return;
        }
        if (CHATTER.getLevel() == null) {
            CHATTER.setLevel(Level.WARNING);
        }
        FluentConfiguration configuration = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations(dialect.location)
                .table(HISTORY)
                .placeholderReplacement(false);
        if (schema != null) {
            configuration.schemas(schema).createSchemas(true);
        }
        try {
            String reached = configuration.load().migrate().targetSchemaVersion;
            // Null where another server did it meanwhile.
            if (reached != null && Integer.parseInt(reached) != NEWEST) {
                throw new IllegalStateException("schema %s (expected: %d)".formatted(reached, NEWEST));
            }
        } catch (FlywayException e) {
            throw failure(where, e);
        }
    }

    static void checkKnown(int installed, String where) {
        if (installed > NEWEST) {
            throw new StoreException(
                    Reason.UNREADABLE,
                    "%s was written by a newer release: it has schema %d, and this one knows up to %d"
                            .formatted(where, installed, NEWEST));
        }
    }

    private static StoreException failure(String where, FlywayException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return SqlFailures.of(where, sql);
            }
        }
        return new StoreException(
                Reason.UNREADABLE, "%s cannot be made a record: %s".formatted(where, failure.getMessage()), failure);
    }

    private static boolean hasHistory(Connection connection, @Nullable String schema) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, pattern(connection, schema), HISTORY, null)) {
            return tables.next();
        }
    }
}
