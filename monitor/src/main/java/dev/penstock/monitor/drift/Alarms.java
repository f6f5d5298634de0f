package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.MonitorPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The alarms of all features and vectors of a version, and the one that they make together. Each is looked at
/// when it has enough values, and is over only by looks of its own: what becomes rare has fewer of them, and is
/// not cleared by those of others. Confined to one thread.
final class Alarms {
    private final Map<String, Of> byName = new LinkedHashMap<>();
    private DriftStatus raised = DriftStatus.OK;

    /// @param whole what it is a measure of
    private record Of(String whole, Alarm alarm) {}

    /// After a look at which it had enough values.
    ///
    /// @return what that changed of its own alarm
    Alarm.Change looked(Verdict said) {
        Alarm next = alarm(said.name()).next(said.status(), said.calm());
        byName.put(said.name(), new Of(said.whole(), next));
        return next.change();
    }

    /// When evidence that was gathered over many looks is enough, as [Alarm#atOnce] says.
    void atOnce(String whole, String name, DriftStatus status) {
        byName.put(name, new Of(whole, alarm(name).atOnce(status)));
    }

    /// Nothing could be said of it for long: it is none of those that are judged, and what was told of it is
    /// over in the end.
    ///
    /// @return what that changed of its own alarm
    Alarm.Change unsaid(String name) {
        Of of = byName.get(name);
        if (of == null) {
            return Alarm.Change.NONE;
        }
        Alarm next = of.alarm().next(DriftStatus.OK, true);
        if (next.raised().alarming()) {
            byName.put(name, new Of(of.whole(), next));
        } else {
            byName.remove(name);
        }
        return next.change();
    }

    /// Those of features and vectors that the plan does not have are over.
    void keep(MonitorPlan plan) {
        Set<String> names = new HashSet<>();
        plan.features().forEach(feature -> names.add(feature.name()));
        plan.vectors().forEach(vector -> names.add(vector.name()));
        byName.keySet().retainAll(names);
    }

    private Alarm alarm(String name) {
        @Nullable Of of = byName.get(name);
        return of == null ? Alarm.SILENT : of.alarm();
    }

    /// Whether something was said of it lately.
    boolean knows(String name) {
        return byName.containsKey(name);
    }

    boolean isRaised(String name) {
        return alarm(name).raised().alarming();
    }

    /// Has told what the features make together, after some of them were looked at.
    void settle(DriftRules rules) {
        raised = next(rules);
    }

    /// What is told once that is settled. It gets no better before it is over.
    DriftStatus next(DriftRules rules) {
        DriftStatus now = verdict(rules).status();
        if (now.alarming()) {
            return raised.worse(now);
        }
        DriftRules calm = rules.withModelShare(DriftRules.CALM_PART * rules.modelShare());
        return verdict(calm).status().alarming() ? raised : DriftStatus.OK;
    }

    /// What is told of the model, [DriftStatus#OK] if nothing is.
    DriftStatus raised() {
        return raised;
    }

    /// Of what was judged lately, how much has an alarm; NaN if nothing was.
    double share(DriftRules rules) {
        return verdict(rules).share();
    }

    private ModelVerdict verdict(DriftRules rules) {
        ModelVerdict verdict = new ModelVerdict(rules);
        byName.forEach((name, of) -> verdict.add(of.whole(), name, of.alarm().raised()));
        return verdict;
    }

    /// The features and vectors that have one.
    List<String> names() {
        List<String> names = new ArrayList<>();
        byName.forEach((name, of) -> {
            if (of.alarm().raised().alarming()) {
                names.add(name);
            }
        });
        return names;
    }
}
