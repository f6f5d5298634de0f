package dev.penstock.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections to one schema of a PostgreSQL database, that notice when it is gone.
final class PostgresConnections {
    private static final String USUAL_SCHEMA = "penstock";

    /// PostgreSQL cuts what is longer.
    private static final int MAX_NAME_CHARS = 63;

    private PostgresConnections() {}

    /// Connections without a pool.
    static PGSimpleDataSource source(StoreSettings.Postgres settings, PostgresPatience patience) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(settings.url());
        if (!settings.user().isEmpty()) {
            source.setUser(settings.user());
        }
        if (!settings.password().isEmpty()) {
            source.setPassword(settings.password());
        }
        String given = source.getCurrentSchema();
        String schema = given == null ? USUAL_SCHEMA : given;
        source.setCurrentSchema(schema);
        // Tells whoever looks which record it has open.
        source.setApplicationName(applicationName(schema));
        source.setConnectTimeout(seconds(patience.connect().toSeconds()));
        source.setLoginTimeout(seconds(patience.connect().toSeconds()));
        source.setSocketTimeout(seconds(patience.silence().toSeconds()));
        source.setTcpKeepAlive(true);
        return source;
    }

    private static String applicationName(String schema) {
        String name = schema.equals(USUAL_SCHEMA) ? "penstock" : "penstock " + schema;
        return name.substring(0, Math.min(name.length(), MAX_NAME_CHARS));
    }

    static HikariDataSource pool(PGSimpleDataSource source, int size, PostgresPatience patience) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setPoolName("record");
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setAutoCommit(false);
        config.setConnectionTimeout(patience.connect().toMillis());
        config.setValidationTimeout(patience.connect().toMillis());
        // It may come later; whoever wants a connection now is told.
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private static int seconds(long seconds) {
        return Math.toIntExact(Math.max(1, seconds));
    }
}
