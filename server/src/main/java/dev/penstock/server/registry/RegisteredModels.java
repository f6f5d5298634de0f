package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.admin.CountRecords;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The models of the durable record: changes go there first, and what serves follows. Thread-safe.
final class RegisteredModels implements ModelAdmin, AutoCloseable {
    private final String server;
    private final KnownRecords known;
    private final LifecycleEvents events;
    private final Verdicts verdicts;
    private final RecordKeeper keeper;
    private final FileDelivery delivery;
    private final VersionGates gates;
    private final RegisteredServing serving;
    private final RecordFollower follower;
    private final Registering registering;
    private final RecordSync sync;
    private final RecordedRoutes routes;
    private final RecordedBaselines baselines;
    private final MovedAliases aliases;

    /// What there is of it before anything serves.
    ///
    /// @param events what happens to versions, of repositories, too
    record Beginning(RecordParts parts, LifecycleEvents events) {
        static Beginning of(RecordParts parts) {
            return new Beginning(parts, new LifecycleEvents(parts.time()));
        }

        VersionWatch watch() {
            return (key, phase, detail) -> events.add(key.name(), key.version(), phase, detail);
        }
    }

    /// @param standard the device of models that name none
    RegisteredModels(Beginning beginning, RegisteredServing serving, Device standard) {
        RecordParts parts = beginning.parts();
        this.known = new KnownRecords();
        InstantSource time = parts.time();
        this.server = parts.replica().id();
        this.events = beginning.events();
        this.serving = serving;
        this.keeper = new RecordKeeper(parts.store(), known, time);
        this.routes = new RecordedRoutes(keeper, known, time);
        this.baselines = new RecordedBaselines(keeper, time);
        this.delivery = new FileDelivery(parts.files(), parts.sources(), parts.sharing(), known, events);
        this.gates = parts.gates();
        parts.files().needs(new FileNeeds(keeper, known));
        RoutedVersions routed = new RoutedVersions(known.routes());
        RecordFolders folders = new RecordFolders(parts.files(), routed);
        this.verdicts = new Verdicts(known, keeper);
        JudgeTurns turns = new JudgeTurns(parts.replica());
        Judging judging = new Judging(gates, verdicts, events, serving);
        this.follower = new RecordFollower(known, verdicts, routed, folders, delivery, judging, turns, serving);
        this.registering = new Registering(
                parts.trust(),
                known,
                keeper,
                folders,
                delivery,
                judging,
                follower,
                serving,
                events,
                standard,
                server,
                time);
        this.sync = new RecordSync(keeper, known, follower, delivery, serving, parts.retry(), parts.replica());
        this.aliases = new MovedAliases(keeper, serving, follower, sync, time);
        sync.onRead(baselines::tell);
        known.routes().onChange(() -> routed.changed().forEach(sync::wake));
    }

    /// Has a model brought to what is recorded of it, soon: a folder may have hidden it.
    void lookAgain(String model) {
        sync.wake(model);
    }

    /// In the same record.
    RouteRecords routes() {
        return routes;
    }

    /// In the same record.
    BaselineRecords baselines() {
        return baselines;
    }

    /// Beside the same record.
    CountRecords counts() {
        return new RecordedCounts(keeper);
    }

    /// Begins to read the record.
    void start() {
        sync.start();
    }

    /// Whether a model of that name has registered versions, as far as this server knows.
    boolean knows(String model) {
        ModelRecord record = known.get(model);
        return record != null && !record.versions().isEmpty();
    }

    @Override
    public Registration register(RegisterOrder order, String who, Consumer<LifecycleEvent> progress) {
        return register(order, who, progress, () -> false);
    }

    @Override
    public Registration register(
            RegisterOrder order, String who, Consumer<LifecycleEvent> progress, BooleanSupplier gone) {
        try (LifecycleEvents.Listening _ = events.listen(order.model(), progress)) {
            return registering.register(order, who, gone);
        } finally {
            // Whatever did not work the first time, such as to record what the gates said.
            sync.wake(order.model());
        }
    }

    @Override
    public List<ModelRecord> registered() {
        return keeper.read(ModelStore::models);
    }

    @Override
    public ModelRecord registered(String model) {
        return keeper.read(store -> store.model(model)).orElseThrow(() -> RecordKeeper.notRegistered(model));
    }

    @Override
    public AliasRecord promote(String model, String alias, long version, String who) {
        return aliases.promote(model, alias, version, AliasMover.person(who));
    }

    @Override
    public AliasRecord promoteFor(String rollout, String model, String alias, long version) {
        return aliases.promote(model, alias, version, AliasMover.rollout(rollout));
    }

    @Override
    public AliasRecord rollBack(String model, String alias, String who) {
        return aliases.rollBack(model, alias, AliasMover.person(who));
    }

    @Override
    public void dropAlias(String model, String alias, String who) {
        aliases.drop(model, alias, who);
    }

    @Override
    public void setWanted(String model, long version, boolean wanted, String who) {
        keeper.change(
                model,
                who,
                wanted ? "load" : "unload",
                (before, store) -> new RecordKeeper.Edit(
                        wanted
                                ? RecordEdits.wanted(before, version, server)
                                : free(store, version, RecordEdits.unwanted(before, version)),
                        "version " + version));
        if (wanted) {
            verdicts.drop(new ModelKey(model, version));
        }
        String failure = follower.bring(model);
        @Nullable
        VersionStatus status = serving.snapshot().entry(model).status().version(version);
        String gates =
                Gates.problem(RecordEdits.version(registered(model), version).gates());
        if (wanted && (!gates.isEmpty() || (status != null && status.failed()))) {
            throw new ServingException(
                    ErrorCode.MODEL_FAILED,
                    "model '%s' version %d does not serve: %s"
                            .formatted(model, version, gates.isEmpty() ? failure : gates));
        }
    }

    private static ModelRecord free(ModelStore store, long version, ModelRecord after) {
        ArmUse.checkVersion(store.routes().routes(), after, version);
        return after;
    }

    @Override
    public ModelRecord setPolicy(String model, String policy, String who) {
        ModelRecord after = keeper.change(model, who, "policy", (before, store) -> {
                    if (before.versions().isEmpty()) {
                        throw RecordKeeper.notRegistered(model);
                    }
                    return new RecordKeeper.Edit(RecordEdits.withPolicy(before, policy), policy);
                })
                .after();
        follower.bring(model);
        return after;
    }

    @Override
    public void delete(String model, long version, String who) {
        if (version > 0) {
            keeper.change(
                    model,
                    who,
                    "delete",
                    (before, store) -> new RecordKeeper.Edit(
                            free(store, version, RecordEdits.withoutVersion(before, version)), "version " + version));
        } else {
            keeper.delete(model, who, (before, store) -> {
                if (!before.aliases().isEmpty()) {
                    throw RecordEdits.pointedTo(model, before.aliases().keySet());
                }
                ArmUse.checkModel(store.routes().routes(), model);
            });
            follower.alias(model);
            baselines.tell();
        }
        follower.bring(model);
        delivery.sweep();
        delivery.sweepShared();
    }

    @Override
    public List<String> verify(String model, long version) {
        List<String> problems = delivery.problems(RecordEdits.version(registered(model), version));
        if (!problems.isEmpty()) {
            // What can be fetched again is.
            sync.wake(model);
        }
        return problems;
    }

    @Override
    public List<AuditEntry> history(String model, long before, int limit) {
        return keeper.read(store -> store.audit(model, before, Math.clamp(limit, 1, MAX_HISTORY)));
    }

    @Override
    public void note(String model, String who, String action, String detail) {
        keeper.note(model, who, action, detail);
    }

    @Override
    public List<LifecycleEvent> events(String model) {
        return events.of(model);
    }

    @Override
    public void close() {
        gates.stop();
        delivery.close();
        sync.close();
        keeper.close();
    }
}
