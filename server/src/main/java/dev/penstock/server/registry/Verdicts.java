package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What gates said of versions: recorded as soon as that can be, and held to until then. Thread-safe.
final class Verdicts {
    /// Who it was in the audit log when nobody asked for it.
    private static final String THIS_SERVER = "penstock";

    private static final System.Logger LOG = System.getLogger(Verdicts.class.getName());

    private final KnownRecords known;
    private final RecordKeeper keeper;
    private final Map<ModelKey, Verdict> pending = new ConcurrentHashMap<>();

    /// What was said, and of which registration: the number may have been given anew since, or another
    /// configuration asked for.
    ///
    /// @param of the version as it was judged
    record Verdict(VersionRecord of, List<GateRecord> said) {
        Verdict {
            said = List.copyOf(said);
        }

        boolean isOf(VersionRecord version) {
            boolean sameConfig = !version.gates().isEmpty()
                    || of.intent().config().equals(version.intent().config());
            return sameConfig
                    && of.registered().equals(version.registered())
                    && of.by().equals(version.by());
        }
    }

    Verdicts(KnownRecords known, RecordKeeper keeper) {
        this.known = known;
        this.keeper = keeper;
    }

    /// A model as it is recorded, and with what is not recorded yet; null if it is not known.
    @Nullable
    ModelRecord model(String name) {
        ModelRecord record = known.get(name);
        return record == null ? null : RecordEdits.judged(record, of(name));
    }

    /// Keeps what was said of a version, and records it if that can be.
    void say(ModelKey key, Verdict verdict) {
        pending.put(key, verdict);
        record(key.name());
    }

    /// Records what was said of a model's versions.
    ///
    /// @return why that cannot be now, or ""
    String record(String model) {
        SortedMap<Long, Verdict> said = of(model);
        if (said.isEmpty()) {
            return "";
        }
        try {
            keeper.change(
                    model,
                    THIS_SERVER,
                    "gates",
                    (before, store) ->
                            new RecordKeeper.Edit(RecordEdits.judged(before, said), "versions " + said.keySet()));
        } catch (ServingException e) {
            String problem = "what gates say of %s is not recorded: %s".formatted(model, e.reason());
            LOG.log(System.Logger.Level.WARNING, problem);
            return problem;
        }
        said.forEach((number, verdict) -> pending.remove(new ModelKey(model, number), verdict));
        return "";
    }

    /// Nobody wants to know any more: it is to be judged anew.
    void drop(ModelKey version) {
        pending.remove(version);
    }

    private SortedMap<Long, Verdict> of(String model) {
        SortedMap<Long, Verdict> said = new TreeMap<>();
        pending.forEach((version, verdict) -> {
            if (version.name().equals(model)) {
                said.put(version.version(), verdict);
            }
        });
        return said;
    }
}
