package dev.penstock.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections to one schema of a PostgreSQL database, that notice when it is gone.
final class PostgresConnections {
    private static final String USUAL_SCHEMA = "penstock";

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
        if (source.getCurrentSchema() == null) {
            source.setCurrentSchema(USUAL_SCHEMA);
        }
        source.setApplicationName("penstock");
        source.setConnectTimeout(seconds(patience.connect().toSeconds()));
        source.setLoginTimeout(seconds(patience.connect().toSeconds()));
        source.setSocketTimeout(seconds(patience.silence().toSeconds()));
        source.setTcpKeepAlive(true);
        return source;
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
