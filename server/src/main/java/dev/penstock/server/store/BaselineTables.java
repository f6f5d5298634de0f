package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Baselines in the tables of either back end.
final class BaselineTables implements StoredBaselines {
    private final Database database;

    BaselineTables(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, Long> revisions() {
        return database.read(connection -> {
            Map<String, Long> revisions = new TreeMap<>();
            Sql.each(
                    connection,
                    "SELECT model, revision FROM baseline_sets",
                    row -> revisions.put(row.getString("model"), row.getLong("revision")));
            return revisions;
        });
    }

    @Override
    public BaselineSet of(String model) {
        return database.read(connection -> {
            List<String> ids = Sql.query(
                    connection,
                    "SELECT id FROM baselines WHERE model = ? ORDER BY added, id",
                    row -> row.getString("id"),
                    model);
            Map<Long, String> held = new TreeMap<>();
            Sql.each(
                    connection,
                    "SELECT version, baseline FROM held_baselines WHERE model = ?",
                    row -> held.put(row.getLong("version"), row.getString("baseline")),
                    model);
            return new BaselineSet(revision(connection, model), ids, held);
        });
    }

    @Override
    public Optional<String> content(String model, String id) {
        return database.read(connection -> Sql.query(
                        connection,
                        "SELECT content FROM baselines WHERE model = ? AND id = ?",
                        row -> row.getString("content"),
                        model,
                        id)
                .stream()
                .findFirst());
    }

    @Override
    public long change(String model, long revision, BaselineChange change, Act act) {
        change.added().forEach(BaselineTables::checkSize);
        long written = database.write(connection -> {
            long next = new RecordWriter(connection).note(model, act);
            checkCurrent(connection, model, revision);
            Sql.updateOne(connection, """
                    INSERT INTO baseline_sets (model, revision) VALUES (?, ?)
                    ON CONFLICT (model) DO UPDATE SET revision = excluded.revision""", model, next);
            write(connection, model, next, change);
            database.announce(connection, next);
            return next;
        });
        database.wrote(written);
        return written;
    }

    private static void checkSize(BaselineRecord baseline) {
        if (baseline.content().length() > MOST_CHARACTERS) {
            throw new StoreException(
                    Reason.REFUSED,
                    "baseline '%s': %d characters (expected: at most %d)"
                            .formatted(baseline.id(), baseline.content().length(), MOST_CHARACTERS));
        }
    }

    private static void checkCurrent(Connection connection, String model, long revision) throws SQLException {
        long current = revision(connection, model);
        if (current != revision) {
            throw new StoreException(
                    Reason.STALE,
                    "the baselines of '%s': somebody else changed them meanwhile (revision %d, expected: %d)"
                            .formatted(model, current, revision));
        }
    }

    private static long revision(Connection connection, String model) throws SQLException {
        return Sql.number(connection, "SELECT coalesce(max(revision), 0) FROM baseline_sets WHERE model = ?", model);
    }

    private static void write(Connection connection, String model, long revision, BaselineChange change)
            throws SQLException {
        for (String id : change.removed()) {
            Sql.updateOne(connection, "DELETE FROM baselines WHERE model = ? AND id = ?", model, id);
        }
        for (BaselineRecord one : change.added()) {
            Sql.updateOne(
                    connection,
                    "INSERT INTO baselines (model, id, added, content) VALUES (?, ?, ?, ?)",
                    model,
                    one.id(),
                    revision,
                    one.content());
        }
        for (Map.Entry<Long, String> one : change.held().entrySet()) {
            Sql.updateOne(connection, """
                    INSERT INTO held_baselines (model, version, baseline) VALUES (?, ?, ?)
                    ON CONFLICT (model, version) DO UPDATE SET baseline = excluded.baseline""", model, one.getKey(), one.getValue());
        }
        long count = Sql.number(connection, "SELECT count(*) FROM baselines WHERE model = ?", model);
        if (count > MOST) {
            throw new StoreException(
                    Reason.REFUSED,
                    "'%s' would have %d baselines (expected: at most %d)".formatted(model, count, MOST));
        }
    }

    /// With a model that is deleted.
    static void forget(Connection connection, String model) throws SQLException {
        int _ = Sql.update(connection, "DELETE FROM baseline_sets WHERE model = ?", model);
    }

    /// A version that is deleted is held against nothing.
    static void forget(Connection connection, String model, long version) throws SQLException {
        int _ = Sql.update(connection, "DELETE FROM held_baselines WHERE model = ? AND version = ?", model, version);
    }
}
