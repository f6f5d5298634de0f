package dev.penstock.server.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/// Notices changes that other servers make: it is told by the database, and it looks now and then, since a
/// notice can be lost (a proxy that shares connections passes none on). Owns one thread and one connection from
/// when somebody listens.
final class PostgresWatcher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PostgresWatcher.class.getName());
    private static final long FIRST_RETRY_MILLIS = 50;

    private final PGSimpleDataSource source;
    private final PostgresPatience patience;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /// The last revision whose change the listeners know of, or -1 if they must be told anyway.
    private final AtomicLong known = new AtomicLong(-1);

    /// Made with the first listener.
    @GuardedBy("this")
    private @Nullable Thread thread;

    /// Written by the thread; [#close] breaks it off.
    private volatile @Nullable Connection current;

    PostgresWatcher(PGSimpleDataSource source, PostgresPatience patience) {
        this.source = source;
        this.patience = patience;
    }

    static void announce(Connection connection, long revision) throws SQLException {
        Sql.query(connection, "SELECT pg_notify('penstock_record', ?)", _ -> "", Long.toString(revision));
    }

    /// It is called soon, since the record may have changed since the caller looked.
    synchronized void add(Runnable listener) {
        listeners.add(listener);
        known.set(-1);
        if (thread == null) {
            thread = Thread.ofPlatform().name("record-watcher").daemon().start(this::run);
        }
    }

    /// Listeners are not told of what this server did, if nobody else did anything meanwhile.
    void wrote(long revision) {
        known.compareAndSet(revision - 1, revision);
    }

    private void run() {
        long retryMillis = FIRST_RETRY_MILLIS;
        boolean reported = false;
        while (!isClosing()) {
            try (Connection connection = source.getConnection()) {
                current = connection;
                listen(connection);
                if (reported) {
                    LOG.log(Level.INFO, "the record can be reached again");
                }
                reported = false;
                retryMillis = FIRST_RETRY_MILLIS;
                watch(connection);
            } catch (SQLException e) {
                if (!reported && !isClosing()) {
                    LOG.log(Level.WARNING, "the record cannot be reached, trying on: {0}", e.getMessage());
                    reported = true;
                }
                // Who could not read it will want to.
                known.set(-1);
                if (closesWithin(retryMillis)) {
                    return;
                }
                retryMillis = Math.min(2 * retryMillis, patience.retry().toMillis());
            }
        }
    }

    private static void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN penstock_record");
        }
    }

    private void watch(Connection connection) throws SQLException {
        PGConnection notices = connection.unwrap(PGConnection.class);
        int pollMillis = Math.toIntExact(patience.poll().toMillis());
        while (!isClosing()) {
            // First, so that what is added or written from now on is not taken for known.
            long before = known.get();
            long revision = Sql.number(connection, "SELECT revision FROM store_state");
            if (revision != before && known.compareAndSet(before, revision)) {
                listeners.forEach(PostgresWatcher::tell);
            } else if (known.get() == revision) {
                notices.getNotifications(pollMillis);
            }
        }
    }

    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a change of the record was not taken up", e);
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private boolean closesWithin(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Nobody has this thread to interrupt it; if somebody does, it is to end.
            return true;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        Connection connection = current;
        try {
            if (connection != null) {
                // It may be waiting for a notice.
                connection.abort(Runnable::run);
            }
            Thread started = started();
            if (started != null && !started.equals(Thread.currentThread())) {
                started.join();
            }
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "the watcher's connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Thread started() {
        return thread;
    }
}
