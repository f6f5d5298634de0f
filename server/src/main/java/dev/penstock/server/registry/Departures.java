package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/// Takes versions out of service: out of the routes first, out of memory when the last lease is back, and then
/// out of sight where nobody registers them any more. Confined to the loader thread.
final class Departures {
    private static final System.Logger LOG = System.getLogger(Departures.class.getName());

    private final ServingTable table;
    private final ServingSurroundings around;
    private final OpenVersions open = new OpenVersions();

    /// What is to be forgotten once it is out of memory. Models, and versions of registered ones.
    private final Set<String> forgottenModels = new HashSet<>();

    private final Set<ModelKey> forgotten = new HashSet<>();

    Departures(ServingTable table, ServingSurroundings around) {
        this.table = table;
        this.around = around;
    }

    /// A version is in memory.
    void add(LoadedVersion version) {
        open.add(version, this::afterClose);
    }

    /// A version comes to serve, and so what becomes of it is told.
    void published(LoadedVersion version) {
        open.publish(version);
    }

    /// The model is there again.
    void keep(String model) {
        forgottenModels.remove(model);
    }

    /// The version is there again.
    void keep(ModelKey version) {
        forgotten.remove(version);
    }

    /// What the folder does not have any more is not known once it is out of memory.
    void forgetVersions(ModelFolder folder) {
        SortedSet<Long> there = folder.numbers();
        for (long number : table.entry(folder.name()).versions().keySet()) {
            if (!there.contains(number)) {
                forgotten.add(new ModelKey(folder.name(), number));
            }
        }
    }

    /// Takes all others of the model out of the routes and lets them drain. Does not wait.
    void retireAllBut(String model, SortedSet<Long> kept) {
        retireAllBut(model, kept, Map.of());
    }

    /// The same.
    ///
    /// @param reasons why, where there is more to say than that somebody wished so
    void retireAllBut(String model, SortedSet<Long> kept, Map<Long, String> reasons) {
        ModelEntry before = table.entry(model);
        ModelEntry after = before;
        List<LoadedVersion> leaving = new ArrayList<>();
        for (VersionEntry version : before.versions().values()) {
            if (version.serving() != null && !kept.contains(version.status().version())) {
                LoadedVersion inMemory = version.serving().version();
                String reason = reasons.getOrDefault(version.status().version(), "");
                if (inMemory == null) {
                    after = afterSleep(after, version, reason);
                } else {
                    after = after.with(version.stopped(VersionState.UNLOADING, reason));
                    leaving.add(inMemory);
                }
            }
        }
        if (after != before) {
            table.put(after);
        }
        leaving.forEach(version -> around.watch().phase(version.key(), LifecyclePhase.DRAINING, ""));
        leaving.forEach(LoadedVersion::retire);
    }

    /// What is not in memory is gone at once.
    private ModelEntry afterSleep(ModelEntry model, VersionEntry version, String reason) {
        ModelKey key = new ModelKey(model.name(), version.status().version());
        around.watch().phase(key, LifecyclePhase.UNLOADED, "");
        around.gone().closed(key);
        return forgotten.remove(key) ? model.without(key.version()) : model.with(stopped(version, reason));
    }

    /// @param reason "" where somebody wished so
    private static VersionEntry stopped(VersionEntry version, String reason) {
        return version.stopped(VersionState.UNAVAILABLE, reason.isEmpty() ? VersionStatus.UNLOADED : reason);
    }

    /// Takes the model out of the routes and lets it drain. Does not wait.
    ///
    /// @return done when nothing of it is in memory any more
    CompletableFuture<Void> unload(String model) {
        stop(model);
        return open.closed(model);
    }

    private void stop(String model) {
        table.put(ModelEntries.stopped(table.entry(model)));
        retireAllBut(model, new TreeSet<>());
    }

    /// Unloads a model that is not there any more; once it is out of memory, nothing is known of it.
    void forget(String model) {
        if (!table.snapshot().models().contains(model)) {
            return;
        }
        forgottenModels.add(model);
        stop(model);
        dropForgotten(model);
    }

    private void dropForgotten(String model) {
        if (forgottenModels.contains(model) && open.closed(model).isDone()) {
            forgottenModels.remove(model);
            table.change(model, known -> known.without(model));
        }
    }

    /// Unloads everything. Does not wait.
    CompletableFuture<Void> unloadAll() {
        table.snapshot().models().sorted().keySet().forEach(this::stop);
        return open.allClosed();
    }

    private void afterClose(LoadedVersion handle) {
        ModelKey key = handle.key();
        // The same version may be back in memory, loaded anew while this one drained.
        if (open.has(key)) {
            return;
        }
        ModelEntry model = table.entry(key.name());
        VersionEntry version = model.versions().get(key.version());
        if (version != null && version.isUnloading()) {
            table.put(
                    forgotten.remove(key)
                            ? model.without(key.version())
                            : model.with(stopped(version, version.status().reason())));
        }
        LOG.log(System.Logger.Level.INFO, "unloaded {0}", key);
        boolean sleeps = version != null && version.serving() != null;
        around.watch().phase(key, LifecyclePhase.UNLOADED, sleeps ? "until it is asked for" : "");
        if (!sleeps) {
            around.gone().closed(key);
        }
        dropForgotten(key.name());
    }
}
