package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What had too few values for a look, and gathers more: each feature since its own beginning. Confined to one
/// thread.
final class Waiting {
    private final Map<String, Begun> begun = new HashMap<>();

    /// Of each feature that waits what came since it does, in slots of its own.
    private Cumulative counts;

    private long rows;

    /// @param rowsBefore that were looked at before it began
    private record Begun(long fromMillis, long rowsBefore) {}

    Waiting(MonitorPlan plan) {
        counts = Cumulative.zero(plan);
    }

    /// After a look.
    ///
    /// @param looked what was looked at
    /// @param insufficient features and vectors of which nothing could be said
    void add(Window looked, Set<String> insufficient) {
        for (String name : insufficient) {
            begun.putIfAbsent(name, new Begun(looked.fromMillis(), rows));
        }
        rows += looked.counts().recorded();
        counts = counts.plus(looked.counts().only(begun.keySet()));
    }

    /// What waits, by when it began to.
    Map<Long, Set<String>> byBeginning() {
        Map<Long, Set<String>> groups = new TreeMap<>();
        begun.forEach((name, since) -> groups.computeIfAbsent(since.fromMillis(), _ -> new LinkedHashSet<>())
                .add(name));
        return groups;
    }

    /// What came of those since they wait.
    Cumulative counts(Set<String> names) {
        return counts.only(names);
    }

    boolean has(String name) {
        return begun.containsKey(name);
    }

    /// Rows that came since that one waits.
    long rows(String name) {
        Begun since = begun.get(name);
        return since == null ? 0 : rows - since.rowsBefore();
    }

    /// That it does not wait any more: enough came, or too much time has passed.
    void end(String name) {
        begun.remove(name);
    }

    /// Forgets what does not wait any more.
    void sweep() {
        counts = counts.only(begun.keySet());
    }
}
