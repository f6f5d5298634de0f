package dev.penstock.server.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What becomes of a model's baselines. Immutable.
///
/// @param added none of which is there
/// @param removed ids; what is held against them is held against nothing
/// @param held ids by version, of those that change
public record BaselineChange(List<BaselineRecord> added, Set<String> removed, Map<Long, String> held) {
    public BaselineChange {
        added = List.copyOf(added);
        removed = Set.copyOf(removed);
        held = Map.copyOf(held);
    }

    /// Whether nothing changes.
    public boolean isNone() {
        return added.isEmpty() && removed.isEmpty() && held.isEmpty();
    }

    /// One takes the place of others.
    ///
    /// @param held versions that are held against it from then on
    public static BaselineChange added(BaselineRecord one, Collection<String> removed, Map<Long, String> held) {
        return new BaselineChange(List.of(one), Set.copyOf(removed), held);
    }

    public static BaselineChange removed(String id) {
        return new BaselineChange(List.of(), Set.of(id), Map.of());
    }

    public static BaselineChange held(long version, String id) {
        return new BaselineChange(List.of(), Set.of(), Map.of(version, id));
    }
}
