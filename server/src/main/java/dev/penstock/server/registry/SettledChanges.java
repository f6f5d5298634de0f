package dev.penstock.server.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Tells from look to look which models changed on the disk. What is not the same in two looks, one after the
/// other, may be half written, and is left for the next. Confined to whoever looks.
final class SettledChanges {
    private Map<String, ModelFolder> seen = Map.of();
    private final Map<String, ModelFolder> told = new HashMap<>();

    /// @param changed since they were told of last, or new
    /// @param gone since then
    record Found(List<ModelFolder> changed, List<String> gone) {
        Found {
            changed = List.copyOf(changed);
            gone = List.copyOf(gone);
        }
    }

    Found look(List<ModelFolder> now) {
        List<ModelFolder> changed = new ArrayList<>();
        for (ModelFolder folder : now) {
            ModelFolder before = seen.get(folder.name());
            ModelFolder last = told.get(folder.name());
            boolean settled = before != null && before.isSameAs(folder);
            if (settled && (last == null || !last.isSameAs(folder))) {
                told.put(folder.name(), folder);
                changed.add(folder);
            }
        }
        Map<String, ModelFolder> there =
                now.stream().collect(Collectors.toUnmodifiableMap(ModelFolder::name, folder -> folder));
        Set<String> gone = new HashSet<>(told.keySet());
        gone.removeAll(there.keySet());
        gone.removeAll(seen.keySet());
        told.keySet().removeAll(gone);
        seen = there;
        return new Found(changed, gone.stream().sorted().toList());
    }
}
