package dev.penstock.server.registry;

import dev.penstock.router.AliasTarget;
import dev.penstock.server.store.ModelRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Where the aliases of one model point. Immutable.
///
/// @param revision of the record that says so: an older one changes nothing any more
/// @param targets by name
record Aliases(long revision, Map<String, AliasTarget> targets) {
    static final Aliases NONE = new Aliases(0, Map.of());

    Aliases {
        targets = Map.copyOf(targets);
    }

    static Aliases of(ModelRecord model) {
        Map<String, AliasTarget> targets = new HashMap<>();
        model.aliases()
                .forEach((name, alias) -> targets.put(name, new AliasTarget(alias.version(), alias.previous())));
        return new Aliases(model.revision(), targets);
    }

    /// Every version that one of them leads to, or may be turned back to.
    SortedSet<Long> versions() {
        SortedSet<Long> versions = new TreeSet<>();
        for (AliasTarget target : targets.values()) {
            versions.add(target.version());
            versions.add(target.previous());
        }
        versions.remove(0L);
        return versions;
    }
}
