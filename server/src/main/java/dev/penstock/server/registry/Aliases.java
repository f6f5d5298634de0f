package dev.penstock.server.registry;

import dev.penstock.router.AliasTarget;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.store.ModelRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Where the aliases of one model point. Immutable.
///
/// @param targets by name
/// @param versions every one that an alias leads to, or may be turned back to
record Aliases(Map<String, AliasTarget> targets, SortedSet<Long> versions) {
    static final Aliases NONE = new Aliases(Map.of(), new TreeSet<>());

    Aliases {
        targets = Map.copyOf(targets);
        versions = Collections.unmodifiableSortedSet(new TreeSet<>(versions));
    }

    static Aliases of(ModelRecord model) {
        Map<String, AliasTarget> targets = new HashMap<>();
        SortedSet<Long> versions = new TreeSet<>();
        model.aliases().forEach((name, alias) -> {
            targets.put(name, new AliasTarget(alias.version(), alias.previous()));
            versions.add(alias.version());
            versions.add(alias.previous());
        });
        versions.remove(0L);
        return new Aliases(targets, versions);
    }

    /// As they can be now: a first `stable` that leads nowhere yet would take requests from a version that
    /// answers them, so it waits until its own does.
    Aliases sparing(ModelStatus now) {
        AliasTarget stable = targets.get(AliasTarget.STABLE);
        boolean early = stable != null
                && !now.aliases().containsKey(AliasTarget.STABLE)
                && now.standard() != null
                && stable.pick(now::ready) == null;
        if (!early) {
            return this;
        }
        Map<String, AliasTarget> others = new HashMap<>(targets);
        others.remove(AliasTarget.STABLE);
        return new Aliases(others, versions);
    }
}
