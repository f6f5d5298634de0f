package dev.penstock.server.store;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/// A schema of a PostgreSQL database, which any number of servers share.
final class PostgresDatabase implements Database {
    /// Enough for a few calls at once; more would only wait for each other in the database.
    private static final int POOL_SIZE = 4;

    static final Duration LONG = Duration.ofMinutes(10);

    private final String where;
    private final PostgresPatience patience;
    private final PGSimpleDataSource source;
    private final HikariDataSource pool;
    private final PostgresWatcher watcher;

    private PostgresDatabase(
            String where, PostgresPatience patience, PGSimpleDataSource source, HikariDataSource pool) {
        this.where = where;
        this.patience = patience;
        this.source = source;
        this.pool = pool;
        this.watcher = new PostgresWatcher(source, patience);
    }

    static PostgresDatabase open(StoreSettings.Postgres settings, PostgresPatience patience) {
        PGSimpleDataSource source = PostgresConnections.source(settings, patience);
        bringUp(settings.url(), source);
        HikariDataSource pool = PostgresConnections.pool(source, POOL_SIZE, patience);
        return new PostgresDatabase(settings.url(), patience, source, pool);
    }

    /// Makes the schema if there is none, and brings an old one to this release's.
    ///
    /// @return the schema version that it had, or 0
    static int bringUp(String where, PGSimpleDataSource source) {
        int installed;
        try (Connection connection = source.getConnection()) {
            installed = Migrations.installed(connection, source.getCurrentSchema(), where);
        } catch (SQLException e) {
            throw SqlFailures.of(where, e);
        }
        PGSimpleDataSource patient = new PGSimpleDataSource();
        patient.setUrl(source.getURL());
        patient.setUser(source.getUser());
        patient.setPassword(source.getPassword());
        // A migration may take long, and another server's is waited for.
        patient.setSocketTimeout(0);
        Migrations.bringUp(Migrations.Dialect.POSTGRES, patient, source.getCurrentSchema(), installed, where);
        return installed;
    }

    @Override
    public <T> T read(Work<T> work) {
        Work<T> snapshot = connection -> {
            begin(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", patience.statement());
            return work.run(connection);
        };
        try {
            return pooled(snapshot);
        } catch (SQLException e) {
            if (!SqlFailures.isLostConnection(e)) {
                throw SqlFailures.of(where, e);
            }
        }
        // A connection of the pool whose other end was gone already; reading twice does no harm.
        try {
            return pooled(snapshot);
        } catch (SQLException e) {
            throw SqlFailures.of(where, e);
        }
    }

    @Override
    public <T> T readLong(Work<T> work) {
        return runLong("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", work);
    }

    @Override
    public <T> T write(Work<T> work) {
        try {
            return pooled(connection -> {
                begin(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", patience.statement());
                return work.run(connection);
            });
        } catch (SQLException e) {
            throw SqlFailures.of(where, e);
        }
    }

    @Override
    public <T> T writeLong(Work<T> work) {
        return runLong("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", work);
    }

    private <T> T pooled(Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return Transactions.run(connection, work);
        }
    }

    /// On a connection of its own, which may be silent for as long as a statement takes.
    private <T> T runLong(String first, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(LONG.toMillis()));
            return Transactions.run(connection, same -> {
                begin(same, first, LONG);
                return work.run(same);
            });
        } catch (SQLException e) {
            throw SqlFailures.of(where, e);
        }
    }

    /// Limits are set for the transaction and not for the connection, which a proxy may share with others. A
    /// server that hangs while it writes must not hold up the others for long.
    private static void begin(Connection connection, String first, Duration statementTimeout) throws SQLException {
        long millis = statementTimeout.toMillis();
        try (Statement statement = connection.createStatement()) {
            statement.execute("%s; SET LOCAL statement_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d"
                    .formatted(first, millis, millis));
        }
    }

    @Override
    public void erase(Connection connection) throws SQLException {
        RecordErasure.postgres(connection);
    }

    @Override
    public void announce(Connection connection, long revision) throws SQLException {
        PostgresWatcher.announce(connection, revision);
    }

    @Override
    public void wrote(long revision) {
        watcher.wrote(revision);
    }

    @Override
    public void onChange(Runnable listener) {
        watcher.add(listener);
    }

    @Override
    public void close() {
        watcher.close();
        pool.close();
    }
}
