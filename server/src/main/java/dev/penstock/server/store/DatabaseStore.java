package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The record in the tables of either back end. A change's audit entry has the number that the whole record has
/// after it, and so has the model.
final class DatabaseStore implements ModelStore {
    private final Database database;
    private final RouteTables routes;
    private final BaselineTables baselines;
    private final CountTables counts;

    DatabaseStore(Database database) {
        this.database = database;
        this.routes = new RouteTables(database);
        this.baselines = new BaselineTables(database);
        this.counts = new CountTables(database);
    }

    @Override
    public Recorded recorded() {
        return database.read(connection -> new Recorded(
                RecordHistory.revision(connection),
                RecordReader.models(connection),
                RouteReader.routes(connection),
                RouteReader.lastRollout(connection)));
    }

    @Override
    public long revision() {
        return database.read(RecordHistory::revision);
    }

    @Override
    public Optional<ModelRecord> model(String name) {
        return database.read(connection -> RecordReader.model(connection, name));
    }

    @Override
    public long lastNumber(String model) {
        return database.read(connection ->
                Sql.number(connection, "SELECT coalesce(max(number), 0) FROM used_numbers WHERE model = ?", model));
    }

    @Override
    public ModelRecord put(ModelRecord next, Act act, String rollout) {
        checkNamed(next.name());
        ModelRecord written = database.write(connection -> {
            RecordWriter writer = new RecordWriter(connection);
            long revision = writer.nextRevision();
            Optional<ModelRecord> before = RecordReader.model(connection, next.name());
            RecordChange change = RecordChange.between(before, next);
            if (before.isPresent()) {
                ArmBonds.checkTaken(connection, before.get(), next);
            }
            PromotionBonds.checkPromoting(connection, rollout);
            ModelRecord after = new ModelRecord(
                    next.name(), revision, next.policy(), next.config(), next.versions(), next.aliases());
            writer.apply(after, change);
            writer.log(new AuditEntry(revision, next.name(), act, json(before), RecordJson.of(after)));
            database.announce(connection, revision);
            return after;
        });
        database.wrote(written.revision());
        return written;
    }

    @Override
    public void delete(String name, long revision, Act act) {
        long written = database.write(connection -> {
            RecordWriter writer = new RecordWriter(connection);
            long next = writer.nextRevision();
            Optional<ModelRecord> before = RecordReader.model(connection, name);
            RecordChange.checkCurrent(before, name, revision);
            if (before.isEmpty()) {
                throw new StoreException(Reason.STALE, "model '%s' is not in the record".formatted(name));
            }
            ArmBonds.checkForgotten(connection, name);
            writer.forget(name);
            writer.log(new AuditEntry(next, name, act, json(before), ""));
            database.announce(connection, next);
            return next;
        });
        database.wrote(written);
    }

    @Override
    public void note(String model, Act act) {
        checkNamed(model);
        long written = database.write(connection -> {
            long next = new RecordWriter(connection).note(model, act);
            database.announce(connection, next);
            return next;
        });
        database.wrote(written);
    }

    @Override
    public List<AuditEntry> audit(String model, long before, int limit) {
        return database.read(connection -> RecordReader.audit(connection, model, before, limit));
    }

    @Override
    public RouteStore routes() {
        return routes;
    }

    @Override
    public StoredBaselines baselines() {
        return baselines;
    }

    @Override
    public CountStore counts() {
        return counts;
    }

    @Override
    public void onChange(Runnable listener) {
        database.onChange(listener);
    }

    @Override
    public void backUp(Path file) {
        Backups.write(file, database::readLong);
    }

    @Override
    public void close() {
        database.close();
    }

    private static void checkNamed(String model) {
        if (model.isEmpty()) {
            throw new StoreException(Reason.REFUSED, "model '' (expected: a name)");
        }
    }

    private static String json(Optional<ModelRecord> model) {
        return model.map(RecordJson::of).orElse("");
    }
}
