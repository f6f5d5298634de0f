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

/// One model as the registry knows it. Immutable, and with it what others see of it: of a thousand models, a
/// change is one's.
final class ModelEntry {
    private final String name;
    private final SortedMap<Long, VersionEntry> versions;
    private final List<String> warnings;
    private final ModelStatus status;
    private final ModelRoute route;

    /// Without aliases.
    ///
    /// @param versions by number
    ModelEntry(String name, SortedMap<Long, VersionEntry> versions, List<String> warnings, String reason) {
        this(name, versions, warnings, reason, Aliases.NONE);
    }

    private ModelEntry(
            String name,
            SortedMap<Long, VersionEntry> versions,
            List<String> warnings,
            String reason,
            Aliases aliases) {
        this.name = name;
        this.versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        this.warnings = List.copyOf(warnings);
        this.status = new ModelStatus(
                name,
                versions.values().stream().map(VersionEntry::status).toList(),
                warnings,
                reason,
                aliases.targets());
        this.route = route(name, versions, aliases);
    }

    ModelEntry aliased(Aliases aliases) {
        return new ModelEntry(name, versions, warnings, status.reason(), aliases);
    }

    String name() {
        return name;
    }

    /// By number.
    SortedMap<Long, VersionEntry> versions() {
        return versions;
    }

    List<String> warnings() {
        return warnings;
    }

    ModelStatus status() {
        return status;
    }

    ModelRoute route() {
        return route;
    }

    static ModelEntry unknown(String name) {
        return new ModelEntry(name, new TreeMap<>(), List.of(), "");
    }

    ModelEntry with(VersionEntry version) {
        SortedMap<Long, VersionEntry> edited = new TreeMap<>(versions);
        edited.put(version.status().version(), version);
        return new ModelEntry(name, edited, warnings, status.reason());
    }

    ModelEntry without(long number) {
        SortedMap<Long, VersionEntry> edited = new TreeMap<>(versions);
        edited.remove(number);
        return new ModelEntry(name, edited, warnings, status.reason());
    }

    VersionEntry.@Nullable Serving serving(long number) {
        VersionEntry version = versions.get(number);
        return version == null ? null : version.serving();
    }

    boolean serves() {
        return versions.values().stream().anyMatch(version -> version.serving() != null);
    }

    private static ModelRoute route(String name, SortedMap<Long, VersionEntry> versions, Aliases aliases) {
        List<VersionHandle> ready = new ArrayList<>();
        Set<Long> notReady = new HashSet<>();
        versions.forEach((number, version) -> {
            if (version.serving() != null) {
                ready.add(version.serving().front());
            } else if (version.wanted() || version.isUnloading()) {
                notReady.add(number);
            }
        });
        return new ModelRoute(name, ready, notReady, aliases.targets());
    }
}
