package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What is known of a model after something happened to it. Pure.
final class ModelEntries {
    private ModelEntries() {}

    /// Nobody asked for any version yet.
    ///
    /// @param problem why the model cannot be served, or ""
    static ModelEntry listed(ModelFolder folder, Device standard, String problem) {
        SortedMap<Long, VersionEntry> versions = new TreeMap<>();
        for (long number : folder.numbers()) {
            versions.put(number, VersionEntry.unavailable(number, standard, VersionStatus.NOT_ASKED_FOR, false));
        }
        return new ModelEntry(folder.name(), versions, folder.warnings(), problem);
    }

    /// Nothing of the folder can be served; what serves goes on.
    static ModelEntry refused(ModelEntry before, ModelFolder folder, Device standard, String reason) {
        SortedMap<Long, VersionEntry> versions = new TreeMap<>();
        before.versions().forEach((number, version) -> {
            if (version.serving() != null) {
                versions.put(number, version.keptBecause(reason));
            } else if (version.isUnloading()) {
                versions.put(number, version);
            }
        });
        for (long number : folder.numbers()) {
            versions.putIfAbsent(number, VersionEntry.unavailable(number, standard, reason, true));
        }
        return new ModelEntry(folder.name(), versions, folder.warnings(), before.serves() ? "" : reason);
    }

    /// The wanted versions that do not serve yet will be loaded.
    static ModelEntry announced(ModelEntry before, ModelFolder folder, ModelSettings settings, SortedSet<Long> wanted) {
        SortedMap<Long, VersionEntry> versions = new TreeMap<>();
        before.versions().forEach((number, version) -> {
            if (version.serving() != null || version.isUnloading()) {
                versions.put(number, version);
            }
        });
        for (long number : wanted) {
            if (before.serving(number) == null) {
                versions.put(number, VersionEntry.loading(number, settings.device()));
            }
        }
        for (long number : folder.numbers()) {
            versions.putIfAbsent(
                    number, VersionEntry.unavailable(number, settings.device(), reason(folder, number), false));
        }
        List<String> warnings = new ArrayList<>(folder.warnings());
        warnings.addAll(settings.warnings());
        return new ModelEntry(folder.name(), versions, warnings, "");
    }

    private static String reason(ModelFolder folder, long number) {
        ModelFolder.Wish wish = folder.wish();
        if (wish == null || wish.able().contains(number)) {
            return VersionStatus.NOT_ASKED_FOR;
        }
        return wish.reasons().getOrDefault(number, VersionStatus.UNLOADED);
    }

    /// Nobody wants any version any more.
    static ModelEntry stopped(ModelEntry before) {
        ModelEntry after = new ModelEntry(before.name(), before.versions(), before.warnings(), "");
        for (VersionEntry version : before.versions().values()) {
            if (version.serving() == null && !version.isUnloading()) {
                after = after.with(version.stopped(VersionState.UNAVAILABLE, VersionStatus.UNLOADED));
            }
        }
        return after;
    }
}
