package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.source.ModelFiles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Makes what serves equal to what is on disk, one version after the other: new versions are in the route table
/// before old ones leave it, and what fails to load takes nothing away.
///
/// Confined to the loader thread, but for [#snapshot] and [#change]: others may change what is no model's
/// entry.
final class ServingSet {
    private static final System.Logger LOG = System.getLogger(ServingSet.class.getName());

    private final VersionLaunch launch;
    private final Device standard;
    private final ServingSurroundings around;
    private final ReentrantLock changing = new ReentrantLock();

    /// Read by all.
    @GuardedBy("changing")
    private volatile Snapshot snapshot = Snapshot.EMPTY;

    private final OpenVersions open = new OpenVersions();

    /// What is to be forgotten once it is out of memory. Models, and versions of registered ones.
    private final Set<String> forgottenModels = new HashSet<>();

    private final Set<ModelKey> forgotten = new HashSet<>();

    /// @param standard the device of models that name none
    ServingSet(VersionLoader loader, Device standard, ServingSurroundings around) {
        this.launch = new VersionLaunch(loader, around);
        this.standard = standard;
        this.around = around;
    }

    @SuppressWarnings("GuardedBy") // It is read as it is published: whole.
    Snapshot snapshot() {
        return snapshot;
    }

    /// The routes go first: whoever sees a version ready finds it there. Any thread.
    void change(UnaryOperator<Snapshot> edit) {
        changing.lock();
        try {
            Snapshot next = edit.apply(snapshot);
            around.routes().accept(next.routes());
            snapshot = next;
        } finally {
            changing.unlock();
        }
        around.changed().run();
    }

    private void put(ModelEntry model) {
        change(known -> known.with(model));
    }

    private void put(String model, VersionEntry version) {
        put(snapshot().entry(model).with(version));
    }

    /// Makes a model known whose versions nobody asked for yet.
    void list(ModelFolder folder) {
        put(ModelEntries.listed(folder, standard, around.forCallers().apply(folder.problem())));
    }

    /// Shows the versions as loading that [#load] will load.
    void announce(ModelFolder folder) {
        if (!folder.problem().isEmpty()) {
            list(folder);
            return;
        }
        try {
            ModelSettings settings = ModelSettings.of(folder, standard);
            announce(folder, settings, wanted(folder, settings));
        } catch (ModelLoadException e) {
            // It is told, and logged, when its turn to load comes.
            list(folder);
        }
    }

    private void announce(ModelFolder folder, ModelSettings settings, SortedSet<Long> wanted) {
        put(ModelEntries.announced(snapshot().entry(folder.name()), folder, settings, wanted));
    }

    private SortedSet<Long> wanted(ModelFolder folder, ModelSettings settings) {
        return folder.wanted(settings.policy(), snapshot().aliasesOf(folder.name()));
    }

    /// Loads what the folder's configuration asks for and, if all of it loaded, retires the rest. Blocks
    /// meanwhile.
    ///
    /// @return why something does not serve that should, or ""
    String load(ModelFolder folder) {
        if (!folder.problem().isEmpty()) {
            return refuse(folder, folder.problem());
        }
        ModelSettings settings;
        try {
            settings = ModelSettings.of(folder, standard);
        } catch (ModelLoadException e) {
            return refuse(folder, e.reason());
        }
        forgottenModels.remove(folder.name());
        SortedSet<Long> wanted = wanted(folder, settings);
        announce(folder, settings, wanted);
        List<String> failures = new ArrayList<>();
        for (long number : wanted) {
            String failure = loadVersion(folder, settings, number);
            if (!failure.isEmpty()) {
                failures.add("version " + number + ": " + failure);
            }
        }
        ModelFolder.@Nullable Wish wish = folder.wish();
        if (wish != null) {
            forgetVersions(folder);
        }
        if (failures.isEmpty()) {
            retireAllBut(folder.name(), wanted);
            stopAwaiting(folder.name());
        } else if (wish != null) {
            retireAllBut(folder.name(), wish.able());
        }
        return String.join("; ", failures);
    }

    /// It serves, or nobody wants it to.
    void stopAwaiting(String model) {
        if (snapshot().awaited().contains(model)) {
            change(known -> known.withoutAwaiting(model));
        }
    }

    private void forgetVersions(ModelFolder folder) {
        SortedSet<Long> there = folder.numbers();
        for (long number : snapshot().entry(folder.name()).versions().keySet()) {
            if (!there.contains(number)) {
                forgotten.add(new ModelKey(folder.name(), number));
            }
        }
    }

    /// Nothing of the folder can be served; what serves goes on.
    private String refuse(ModelFolder folder, String problem) {
        LOG.log(System.Logger.Level.WARNING, "model {0} cannot be loaded: {1}", folder.name(), problem);
        String reason = around.forCallers().apply(problem);
        put(ModelEntries.refused(snapshot().entry(folder.name()), folder, standard, reason));
        return reason;
    }

    @SuppressWarnings("MustBeClosedChecker") // the files are closed when the version is
    private String loadVersion(ModelFolder folder, ModelSettings settings, long number) {
        VersionEntry.@Nullable Serving before = snapshot().entry(folder.name()).serving(number);
        VersionFolder version = folder.version(number);
        ModelKey key = new ModelKey(folder.name(), number);
        if (before != null && before.isFrom(version, settings)) {
            // Perhaps more is known of its files by now.
            List<FileStamp> files = version == null ? before.files() : version.files();
            serve(key, new VersionEntry.Serving(before.version(), before.front(), settings, files));
            return "";
        }
        long startNanos = around.clock().nanoTime();
        around.watch().phase(key, LifecyclePhase.LOADING, "");
        LoadedVersion loaded = null;
        boolean here = false;
        try {
            ModelFiles.Folder opened = launch.files(folder, number);
            here = true;
            loaded = launch.load(folder, settings, number, opened, standardSignature(folder.name()));
            open.add(loaded, this::afterClose);
            publish(loaded, settings, version == null ? List.of() : version.files(), before);
        } catch (ModelLoadException e) {
            return fail(key, settings, e.reason(), here && loaded == null);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // The loader thread must outlive any one model.
            LOG.log(System.Logger.Level.ERROR, "loading " + key + " failed", e);
            return fail(key, settings, e.toString(), here && loaded == null);
        }
        long millis = (around.clock().nanoTime() - startNanos) / 1_000_000;
        LOG.log(
                System.Logger.Level.INFO,
                () -> "loaded %s/%d on %s in %d ms".formatted(folder.name(), number, settings.device(), millis));
        around.watch().phase(key, LifecyclePhase.READY, "loaded in " + millis + " ms");
        return "";
    }

    private @Nullable Signature standardSignature(String model) {
        ModelStatus status = snapshot().entry(model).status();
        @Nullable VersionStatus standard = status.standard();
        return standard == null ? null : standard.signature();
    }

    /// Loads a version that is not to serve, has it looked at, and closes it again. Blocks.
    ///
    /// @throws ModelLoadException if it cannot be loaded, or is turned down
    void tryOut(ModelFolder folder, long number, VersionLaunch.Look look) {
        launch.tryOut(folder, ModelSettings.of(folder, standard), number, standardSignature(folder.name()), look);
    }

    /// Has a version serve in the place of `before`. Whichever of the two then does not serve is retired,
    /// whatever was thrown on the way: nobody else would.
    private void publish(
            LoadedVersion handle,
            ModelSettings settings,
            List<FileStamp> files,
            VersionEntry.@Nullable Serving before) {
        ModelKey key = handle.key();
        try {
            serve(key, new VersionEntry.Serving(handle, launch.front(handle, settings), settings, files));
        } finally {
            VersionEntry.Serving now = snapshot().entry(key.name()).serving(key.version());
            if (now == null || now.version() != handle) {
                handle.retire();
            } else if (before != null) {
                before.version().retire();
            }
        }
    }

    private void serve(ModelKey key, VersionEntry.Serving serving) {
        forgotten.remove(key);
        Signature signature = serving.version().signature();
        put(
                key.name(),
                VersionEntry.ready(
                        key.version(), serving, EffectiveConfig.of(key.name(), serving.settings(), signature)));
    }

    private String fail(ModelKey key, ModelSettings settings, String problem, boolean itsFault) {
        LOG.log(System.Logger.Level.WARNING, "{0} cannot be loaded: {1}", key, problem);
        String reason = around.forCallers().apply(problem);
        VersionEntry before = snapshot().entry(key.name()).versions().get(key.version());
        put(
                key.name(),
                before != null && before.serving() != null
                        ? before.keptBecause(reason)
                        : VersionEntry.unavailable(key.version(), settings.device(), reason, true));
        if (itsFault) {
            around.watch().unloadable(key, reason);
        }
        around.watch().phase(key, LifecyclePhase.FAILED, reason);
        return reason;
    }

    private void retireAllBut(String model, SortedSet<Long> kept) {
        ModelEntry before = snapshot().entry(model);
        ModelEntry after = before;
        List<LoadedVersion> leaving = new ArrayList<>();
        for (VersionEntry version : before.versions().values()) {
            if (version.serving() != null && !kept.contains(version.status().version())) {
                after = after.with(version.stopped(VersionState.UNLOADING, ""));
                leaving.add(version.serving().version());
            }
        }
        if (!leaving.isEmpty()) {
            put(after);
        }
        leaving.forEach(version -> around.watch().phase(version.key(), LifecyclePhase.DRAINING, ""));
        leaving.forEach(LoadedVersion::retire);
    }

    /// Takes the model out of the routes and lets it drain. Does not wait.
    ///
    /// @return done when nothing of it is in memory any more
    CompletableFuture<Void> unload(String model) {
        stop(model);
        return open.closed(key -> key.name().equals(model));
    }

    private void stop(String model) {
        put(ModelEntries.stopped(snapshot().entry(model)));
        retireAllBut(model, new TreeSet<>());
    }

    /// Unloads a model that is not there any more; once it is out of memory, nothing is known of it.
    void forget(String model) {
        if (!snapshot().models().containsKey(model)) {
            return;
        }
        forgottenModels.add(model);
        stop(model);
        dropForgotten(model);
    }

    private void dropForgotten(String model) {
        if (forgottenModels.contains(model)
                && open.closed(key -> key.name().equals(model)).isDone()) {
            forgottenModels.remove(model);
            change(known -> known.without(model));
        }
    }

    /// Unloads everything. Does not wait.
    CompletableFuture<Void> unloadAll() {
        List.copyOf(snapshot().models().keySet()).forEach(this::stop);
        return open.closed(_ -> true);
    }

    private void afterClose(LoadedVersion handle) {
        ModelKey key = handle.key();
        // The same version may be back in memory, loaded anew while this one drained.
        if (open.has(key)) {
            return;
        }
        ModelEntry model = snapshot().entry(key.name());
        VersionEntry version = model.versions().get(key.version());
        if (version != null && version.isUnloading()) {
            put(
                    forgotten.remove(key)
                            ? model.without(key.version())
                            : model.with(version.stopped(VersionState.UNAVAILABLE, VersionStatus.UNLOADED)));
        }
        LOG.log(System.Logger.Level.INFO, "unloaded {0}", key);
        around.watch().phase(key, LifecyclePhase.UNLOADED, "");
        around.gone().closed(key);
        dropForgotten(key.name());
    }
}
