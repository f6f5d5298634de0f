package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.ModelRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Makes what serves follow the record. Thread-safe; blocks for as long as fetching and loading take: not on
/// the loader thread.
final class RecordFollower {
    /// Who it was in the audit log when nobody asked for it.
    private static final String THIS_SERVER = "penstock";

    private static final System.Logger LOG = System.getLogger(RecordFollower.class.getName());

    private final KnownRecords known;
    private final RecordKeeper keeper;
    private final RecordFolders folders;
    private final FileDelivery delivery;
    private final Admission admission;
    private final RegisteredServing serving;

    /// Models that are registered and in a repository, too, and of which that was said.
    private final Map<String, Boolean> doubles = new ConcurrentHashMap<>();

    RecordFollower(
            KnownRecords known,
            RecordKeeper keeper,
            RecordFolders folders,
            FileDelivery delivery,
            Admission admission,
            RegisteredServing serving) {
        this.known = known;
        this.keeper = keeper;
        this.folders = folders;
        this.delivery = delivery;
        this.admission = admission;
        this.serving = serving;
    }

    /// Moves a model's aliases; that takes no time.
    void alias(ModelRecord model) {
        ModelStatus now = serving.snapshot().entry(model.name()).status();
        serving.alias(model.name(), Aliases.of(model).sparing(now));
    }

    /// The model is not recorded any more.
    ///
    /// @param revision the last that it had
    void unalias(String model, long revision) {
        serving.alias(model, Aliases.none(revision));
    }

    /// Loads what is wanted of a model, retires what is not, and records what the gates say on the way.
    ///
    /// @return why something does not serve that should, or ""
    String follow(String model) {
        ModelRecord record = known.get(model);
        if (record != null) {
            alias(record);
        }
        if (serving.isInRepository(model)) {
            return record == null ? "" : followAliases(record);
        }
        doubles.remove(model);
        boolean unknown = !serving.snapshot().models().containsKey(model);
        if (unknown && (record == null || record.versions().isEmpty())) {
            // Perhaps it had aliases when it was in a repository.
            return "";
        }
        if (record != null) {
            delivery.deliver(record);
        }
        String failure = serving.load(model, () -> folder(model));
        while (recordVerdicts(model)) {
            failure = serving.load(model, () -> folder(model));
        }
        aliasAgain(model);
        return failure;
    }

    /// What waited for its version need not any more.
    private void aliasAgain(String model) {
        ModelRecord now = known.get(model);
        if (now != null) {
            alias(now);
        }
    }

    private String followAliases(ModelRecord record) {
        if (!record.versions().isEmpty() && doubles.putIfAbsent(record.name(), true) == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "model {0} is registered, and a model repository has one of that name, which is served instead",
                    record.name());
        }
        String failure = serving.loadAliased(record.name());
        aliasAgain(record.name());
        return failure;
    }

    private @Nullable ModelFolder folder(String model) {
        ModelRecord record = known.get(model);
        return record == null ? null : folders.of(record);
    }

    /// @return whether a version was turned down, so that others may be wanted now
    private boolean recordVerdicts(String model) {
        Map<Long, List<GateRecord>> said = admission.verdicts(model);
        if (said.isEmpty()) {
            return false;
        }
        try {
            keeper.change(
                    model,
                    THIS_SERVER,
                    "gates",
                    (before, store) ->
                            new RecordKeeper.Edit(RecordEdits.judged(before, said), "versions " + said.keySet()));
        } catch (ServingException e) {
            LOG.log(System.Logger.Level.WARNING, "what gates say of {0} is not recorded: {1}", model, e.reason());
            return false;
        }
        said.keySet().forEach(number -> admission.settled(new ModelKey(model, number)));
        return said.values().stream().anyMatch(gates -> !Gates.problem(gates).isEmpty());
    }
}
