package dev.penstock.server.monitoring;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The baselines of one model, the oldest first, and which version is held against which. Never changes;
/// there is
/// another in its place.
record ModelBaselines(Map<String, Baseline> baselines, Map<Long, String> assigned) {
    static final ModelBaselines NOTHING = new ModelBaselines(Map.of(), Map.of());

    ModelBaselines {
        baselines = Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
        assigned = Map.copyOf(assigned);
    }

    ModelBaselines with(Baseline baseline) {
        Map<String, Baseline> all = new LinkedHashMap<>(baselines);
        all.put(baseline.id(), baseline);
        return new ModelBaselines(all, assigned);
    }

    /// Versions that were held against it are held against nothing.
    ModelBaselines without(String id) {
        Map<String, Baseline> all = new LinkedHashMap<>(baselines);
        all.remove(id);
        Map<Long, String> left = new HashMap<>(assigned);
        left.values().removeIf(id::equals);
        return new ModelBaselines(all, left);
    }

    ModelBaselines held(long version, String id) {
        Map<Long, String> all = new HashMap<>(assigned);
        all.put(version, id);
        return new ModelBaselines(baselines, all);
    }
}
