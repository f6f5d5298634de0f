package dev.penstock.server.registry;

import dev.penstock.core.batching.Background;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells from look to look which models changed on the disk. What was touched between two looks, one after the
/// other, may be half written, and is left for the next; what was only touched has not changed. A change is
/// told until somebody says that it was acted on. Confined to whoever looks.
final class SettledChanges {
    private final Hashes hashes;
    private Map<String, ModelFolder> seen = Map.of();
    private final Map<String, ModelFolder> acted = new HashMap<>();

    /// What others acted on at the start, and what of it no look has seen to be gone yet.
    private final Set<String> began = new HashSet<>();

    private final Set<String> atStart = new HashSet<>();

    /// Reads what is in a folder, on a thread behind all others.
    @FunctionalInterface
    interface Hashes {
        /// @param known what was read before, or null
        /// @return the folder with the hashes of its files
        ModelFolder of(ModelFolder folder, @Nullable ModelFolder known);
    }

    SettledChanges(Hashes hashes) {
        this.hashes = hashes;
    }

    /// @param changed since they were acted on, or new
    /// @param gone since then
    record Found(List<ModelFolder> changed, List<String> gone) {
        Found {
            changed = List.copyOf(changed);
            gone = List.copyOf(gone);
        }
    }

    /// Somebody else saw those since the last look, and acts on them: they are told when they are gone, also if
    /// they never settle.
    void began(Set<String> models) {
        began.addAll(models);
    }

    Found look(List<ModelFolder> now) {
        List<ModelFolder> changed = new ArrayList<>();
        for (ModelFolder read : read(touched(now))) {
            ModelFolder last = acted.get(read.name());
            if (last != null && last.isSameAs(read)) {
                acted.put(read.name(), read);
            } else {
                changed.add(read);
            }
        }
        Map<String, ModelFolder> there =
                now.stream().collect(Collectors.toUnmodifiableMap(ModelFolder::name, folder -> folder));
        Set<String> gone = new HashSet<>(acted.keySet());
        gone.addAll(atStart);
        gone.removeAll(there.keySet());
        gone.removeAll(seen.keySet());
        seen = there;
        atStart.addAll(began);
        began.clear();
        return new Found(changed, gone.stream().sorted().toList());
    }

    /// Those that have settled since somebody wrote to them.
    private List<ModelFolder> touched(List<ModelFolder> now) {
        List<ModelFolder> touched = new ArrayList<>();
        for (ModelFolder folder : now) {
            ModelFolder before = seen.get(folder.name());
            ModelFolder last = acted.get(folder.name());
            boolean settled = before != null && before.isUntouched(folder);
            if (settled && (last == null || !last.isUntouched(folder))) {
                touched.add(folder);
            }
        }
        return touched;
    }

    /// All of them as one piece of work: there may be thousands.
    private List<ModelFolder> read(List<ModelFolder> touched) {
        if (touched.isEmpty()) {
            return List.of();
        }
        return Background.call(
                "model-check",
                () -> touched.stream()
                        .map(folder -> hashes.of(folder, acted.get(folder.name())))
                        .toList());
    }

    /// What was told of it is done, whatever came of it.
    void acted(ModelFolder folder) {
        acted.put(folder.name(), folder);
    }

    /// What was acted on last, if the last look found it untouched.
    @Nullable
    ModelFolder settled(String model) {
        ModelFolder last = acted.get(model);
        ModelFolder now = seen.get(model);
        return last != null && now != null && last.isUntouched(now) ? last : null;
    }

    /// What was gone is forgotten.
    void forgotten(String model) {
        acted.remove(model);
        began.remove(model);
        atStart.remove(model);
    }
}
