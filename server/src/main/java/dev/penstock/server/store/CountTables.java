package dev.penstock.server.store;

import dev.penstock.core.ModelKey;
import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What servers count in the tables of either back end.
final class CountTables implements CountStore {
    private final Database database;

    CountTables(Database database) {
        this.database = database;
    }

    @Override
    public void write(String server, long nowMillis, List<CountedWindow> windows, Keeping keeping) {
        windows.forEach(CountTables::checkSize);
        boolean _ = database.write(connection -> {
            long number = next(connection, server, nowMillis, windows.isEmpty() ? 0 : 1);
            for (CountedWindow window : windows) {
                add(connection, window, number);
                forget(connection, window, number, keeping);
            }
            return true;
        });
    }

    private static void checkSize(CountedWindow window) {
        if (window.counts().length() > MOST_CHARACTERS) {
            throw new StoreException(
                    Reason.REFUSED,
                    "counts of %s: %d characters (expected: at most %d)"
                            .formatted(window.key(), window.counts().length(), MOST_CHARACTERS));
        }
    }

    /// Others see the numbers of a server in their order: whoever writes for it waits here for who does
    /// already.
    private static long next(Connection connection, String server, long nowMillis, long more) throws SQLException {
        Sql.updateOne(connection, """
                INSERT INTO counting_servers (server, last, at) VALUES (?, ?, ?)
                ON CONFLICT (server) DO UPDATE SET last = counting_servers.last + excluded.last, at = excluded.at""", server, more, nowMillis);
        return Sql.number(connection, "SELECT last FROM counting_servers WHERE server = ?", server);
    }

    private static void add(Connection connection, CountedWindow window, long number) throws SQLException {
        int _ = Sql.update(
                connection,
                """
                INSERT INTO counted_windows (server, model, version, life, at, number, hourly, seen, counts)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (server, model, version, life, at) DO UPDATE
                SET number = excluded.number, hourly = excluded.hourly, seen = excluded.seen,
                counts = excluded.counts""",
                window.server(),
                window.key().name(),
                window.key().version(),
                window.life(),
                window.at(),
                number,
                window.hourly() ? 1 : 0,
                window.seen(),
                window.counts());
    }

    /// What has just been written nobody has read, however old it is.
    private static void forget(Connection connection, CountedWindow window, long number, Keeping keeping)
            throws SQLException {
        int _ = Sql.update(
                connection,
                """
                DELETE FROM counted_windows WHERE server = ? AND model = ? AND version = ? AND number <> ?
                AND (at < ? OR (at < ? AND hourly = 0))""",
                window.server(),
                window.key().name(),
                window.key().version(),
                number,
                keeping.hourly(),
                keeping.all());
    }

    @Override
    public void sweep(long beforeMillis) {
        boolean _ = database.write(connection -> {
            int windows = Sql.update(connection, "DELETE FROM counted_windows WHERE at < ?", beforeMillis);
            int servers = Sql.update(connection, "DELETE FROM counting_servers WHERE at < ?", beforeMillis);
            return windows + servers > 0;
        });
    }

    @Override
    public Map<String, CountingServer> servers() {
        return database.read(connection -> {
            Map<String, CountingServer> servers = new HashMap<>();
            Sql.each(
                    connection,
                    "SELECT server, last, at FROM counting_servers",
                    row -> servers.put(
                            row.getString("server"), new CountingServer(row.getLong("last"), row.getLong("at"))));
            return servers;
        });
    }

    @Override
    public List<CountedWindow> written(String server, long after, long to) {
        return database.read(connection -> Sql.query(connection, """
                SELECT server, model, version, life, at, hourly, seen, counts FROM counted_windows
                WHERE server = ? AND number > ? AND number <= ? ORDER BY number, at""", CountTables::window, server, after, to));
    }

    @Override
    public List<CountedWindow> of(ModelKey key) {
        return database.read(connection -> Sql.query(connection, """
                SELECT server, model, version, life, at, hourly, seen, counts FROM counted_windows
                WHERE model = ? AND version = ? ORDER BY at, life, server""", CountTables::window, key.name(), key.version()));
    }

    private static CountedWindow window(ResultSet row) throws SQLException {
        return new CountedWindow(
                row.getString("server"),
                new ModelKey(row.getString("model"), row.getLong("version")),
                row.getLong("life"),
                row.getLong("at"),
                row.getLong("hourly") == 1,
                row.getLong("seen"),
                row.getString("counts"));
    }

    @Override
    public Map<ModelKey, String> watchers() {
        return database.read(connection -> {
            Map<ModelKey, String> watchers = new HashMap<>();
            Sql.each(
                    connection,
                    "SELECT model, version, server FROM drift_watchers",
                    row -> watchers.put(
                            new ModelKey(row.getString("model"), row.getLong("version")), row.getString("server")));
            return watchers;
        });
    }

    @Override
    public void watch(String server, Map<ModelKey, String> wanted) {
        boolean _ = database.write(connection -> {
            for (Map.Entry<ModelKey, String> one : wanted.entrySet()) {
                int _ = Sql.update(
                        connection, """
                        INSERT INTO drift_watchers (model, version, server) VALUES (?, ?, ?)
                        ON CONFLICT (model, version) DO UPDATE SET server = excluded.server
                        WHERE drift_watchers.server = ?""", one.getKey().name(), one.getKey().version(), server, one.getValue());
            }
            return true;
        });
    }

    @Override
    public void leave(String server, Collection<ModelKey> keys) {
        boolean _ = database.write(connection -> {
            for (ModelKey key : keys) {
                int _ = Sql.update(
                        connection,
                        "DELETE FROM drift_watchers WHERE model = ? AND version = ? AND server = ?",
                        key.name(),
                        key.version(),
                        server);
            }
            return true;
        });
    }

    /// With a version that is deleted.
    static void forget(Connection connection, String model, long version) throws SQLException {
        int _ = Sql.update(connection, "DELETE FROM counted_windows WHERE model = ? AND version = ?", model, version);
        int _ = Sql.update(connection, "DELETE FROM drift_watchers WHERE model = ? AND version = ?", model, version);
    }

    /// With a model that is deleted.
    static void forget(Connection connection, String model) throws SQLException {
        int _ = Sql.update(connection, "DELETE FROM counted_windows WHERE model = ?", model);
        int _ = Sql.update(connection, "DELETE FROM drift_watchers WHERE model = ?", model);
    }
}
