package dev.penstock.server.registry;

import dev.penstock.core.VersionHandle;
import dev.penstock.router.ModelRoute;
import dev.penstock.server.admin.ModelStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One model as the registry knows it. Immutable.
///
/// @param versions by number
record ModelEntry(String name, SortedMap<Long, VersionEntry> versions, List<String> warnings, String reason) {
    ModelEntry {
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        warnings = List.copyOf(warnings);
    }

    static ModelEntry unknown(String name) {
        return new ModelEntry(name, new TreeMap<>(), List.of(), "");
    }

    ModelEntry with(VersionEntry version) {
        SortedMap<Long, VersionEntry> edited = new TreeMap<>(versions);
        edited.put(version.status().version(), version);
        return new ModelEntry(name, edited, warnings, reason);
    }

    VersionEntry.@Nullable Serving serving(long number) {
        VersionEntry version = versions.get(number);
        return version == null ? null : version.serving();
    }

    boolean serves() {
        return versions.values().stream().anyMatch(version -> version.serving() != null);
    }

    ModelStatus status() {
        return new ModelStatus(
                name, versions.values().stream().map(VersionEntry::status).toList(), warnings, reason);
    }

    ModelRoute route() {
        List<VersionHandle> ready = new ArrayList<>();
        Set<Long> notReady = new HashSet<>();
        versions.forEach((number, version) -> {
            if (version.serving() != null) {
                ready.add(version.serving().front());
            } else if (version.wanted() || version.isUnloading()) {
                notReady.add(number);
            }
        });
        return new ModelRoute(name, ready, notReady);
    }
}
