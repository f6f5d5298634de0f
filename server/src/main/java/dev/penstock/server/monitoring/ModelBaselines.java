package dev.penstock.server.monitoring;

import dev.penstock.server.store.BaselineChange;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The baselines of one model, the oldest first, and which version is held against which. Never changes;
/// there is another in its place.
///
/// @param revision of their last change in the record; 0 if there never was one
/// @param leftOut ids of those that found no room here
record ModelBaselines(long revision, Map<String, Baseline> baselines, Set<String> leftOut, Map<Long, String> assigned) {
    static final ModelBaselines NOTHING = new ModelBaselines(0, Map.of(), Set.of(), Map.of());

    ModelBaselines {
        baselines = Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
        leftOut = Set.copyOf(leftOut);
        assigned = Map.copyOf(assigned);
    }

    int size() {
        return baselines.size() + leftOut.size();
    }

    /// Versions that were held against what is removed are held against nothing.
    ///
    /// @param added those that the change adds
    ModelBaselines after(BaselineChange change, Map<String, Baseline> added, long newRevision) {
        Map<String, Baseline> all = new LinkedHashMap<>(baselines);
        all.keySet().removeAll(change.removed());
        all.putAll(added);
        Set<String> others = new HashSet<>(leftOut);
        others.removeAll(change.removed());
        Map<Long, String> held = new HashMap<>(assigned);
        held.values().removeAll(change.removed());
        held.putAll(change.held());
        return new ModelBaselines(newRevision, all, others, held);
    }
}
