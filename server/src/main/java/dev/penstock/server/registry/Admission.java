package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.gate.Footprint;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.gate.VersionFiles;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Has registered versions judged when they are loaded for the first time, and keeps what was said until it is
/// recorded. What was judged before is not judged again. Thread-safe; it is called on the loader thread.
final class Admission implements VersionWatch {
    /// The gate of every version: whether it can be loaded at all.
    static final String LOAD_GATE = "load";

    private final VersionGates gates;
    private final KnownRecords known;
    private final LifecycleEvents events;
    private final Map<ModelKey, List<GateRecord>> verdicts = new ConcurrentHashMap<>();
    private final Set<ModelKey> breaking = ConcurrentHashMap.newKeySet();

    Admission(VersionGates gates, KnownRecords known, LifecycleEvents events) {
        this.gates = gates;
        this.known = known;
        this.events = events;
    }

    @Override
    public void phase(ModelKey version, LifecyclePhase phase, String detail) {
        events.add(version.name(), version.version(), phase, detail);
    }

    @Override
    public void admit(
            ModelKey version, VersionLoader.Loaded loaded, ModelSettings settings, @Nullable Signature before) {
        VersionRecord unjudged = unjudged(version);
        List<GateRecord> earlier = verdicts.getOrDefault(version, List.of());
        boolean passed = !earlier.isEmpty() && Gates.problem(earlier).isEmpty();
        if (unjudged == null || passed) {
            return;
        }
        List<GateRecord> said = judge(version, unjudged, loaded, settings, before, breaking.contains(version));
        verdicts.put(version, said);
        String problem = Gates.problem(said);
        if (!problem.isEmpty()) {
            throw new ModelLoadException(problem);
        }
    }

    /// Asks the gates about a version that is loaded.
    List<GateRecord> judge(
            ModelKey version,
            VersionRecord recorded,
            VersionLoader.Loaded loaded,
            ModelSettings settings,
            @Nullable Signature before,
            boolean mayBreak) {
        events.add(version.name(), version.version(), LifecyclePhase.CHECKING, "");
        long bytes = recorded.files().stream().mapToLong(StoredFile::bytes).sum();
        Candidate candidate = new Candidate(
                version,
                loaded.signature(),
                loaded.model(),
                VersionFiles.of(loaded.folder()),
                Footprint.ofFiles(bytes),
                recorded.lineage(),
                recorded.digest(),
                mayBreak,
                settings.gates());
        List<GateRecord> said = new ArrayList<>();
        said.add(new GateRecord(LOAD_GATE, Verdict.PASSED, ""));
        said.addAll(gates.check(candidate, before));
        return List.copyOf(said);
    }

    @Override
    public void unloadable(ModelKey version, String reason) {
        if (unjudged(version) != null) {
            verdicts.putIfAbsent(version, List.of(new GateRecord(LOAD_GATE, Verdict.FAILED, reason)));
        }
    }

    private @Nullable VersionRecord unjudged(ModelKey version) {
        ModelRecord model = known.get(version.name());
        VersionRecord recorded = model == null ? null : model.versions().get(version.version());
        return recorded == null || !recorded.gates().isEmpty() ? null : recorded;
    }

    /// What was said of a model's versions and is not recorded yet, by number.
    Map<Long, List<GateRecord>> verdicts(String model) {
        Map<Long, List<GateRecord>> said = new TreeMap<>();
        verdicts.forEach((version, gate) -> {
            if (version.name().equals(model)) {
                said.put(version.version(), gate);
            }
        });
        return said;
    }

    /// It is recorded, or nobody wants to know any more.
    void settled(ModelKey version) {
        verdicts.remove(version);
    }

    /// That version may differ from the one it follows, when it is judged.
    void mayBreak(ModelKey version, boolean may) {
        if (may) {
            breaking.add(version);
        } else {
            breaking.remove(version);
        }
    }
}
