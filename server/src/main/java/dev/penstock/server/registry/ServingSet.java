package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.NanoClock;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.RouteTable;
import dev.penstock.router.cache.CachedVersion;
import dev.penstock.router.cache.ResponseCaches;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Makes what serves equal to what is on disk, one version after the other: new versions are in the route table
/// before old ones leave it, and what fails to load takes nothing away.
///
/// Confined to the loader thread, but for [#snapshot].
final class ServingSet {
    private static final System.Logger LOG = System.getLogger(ServingSet.class.getName());

    private final VersionLoader loader;
    private final Device standard;
    private final Executor loaderThread;
    private final Consumer<RouteTable> routes;
    private final ResponseCaches caches;
    private final VersionListener gone;
    private final Runnable changed;
    private final NanoClock clock;
    private final UnaryOperator<String> forCallers;

    /// Written by the loader thread, read by all.
    private volatile Snapshot snapshot = Snapshot.EMPTY;

    /// Every version in memory, serving or draining, and when it is gone. Loader thread only.
    private final Map<LoadedVersion, CompletableFuture<Void>> open = new HashMap<>();

    /// @param loaderThread closes what is retired
    /// @param routes gets every new table
    /// @param caches where versions get their caches
    /// @param changed runs after every change of the snapshot
    /// @param forCallers takes out of a reason what only the log may tell
    record Surroundings(
            Executor loaderThread,
            Consumer<RouteTable> routes,
            ResponseCaches caches,
            VersionListener gone,
            Runnable changed,
            NanoClock clock,
            UnaryOperator<String> forCallers) {}

    /// @param standard the device of models that name none
    ServingSet(VersionLoader loader, Device standard, Surroundings surroundings) {
        this.loader = loader;
        this.standard = standard;
        this.loaderThread = surroundings.loaderThread();
        this.routes = surroundings.routes();
        this.caches = surroundings.caches();
        this.gone = surroundings.gone();
        this.changed = surroundings.changed();
        this.clock = surroundings.clock();
        this.forCallers = surroundings.forCallers();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /// The routes go first: whoever sees a version ready finds it there.
    void change(UnaryOperator<Snapshot> edit) {
        Snapshot next = edit.apply(snapshot);
        routes.accept(next.routes());
        snapshot = next;
        changed.run();
    }

    private void put(ModelEntry model) {
        change(known -> known.with(model));
    }

    private void put(String model, VersionEntry version) {
        put(snapshot.entry(model).with(version));
    }

    /// Makes a model known whose versions nobody asked for yet.
    void list(ModelFolder folder) {
        SortedMap<Long, VersionEntry> versions = new TreeMap<>();
        for (long number : folder.numbers()) {
            versions.put(number, VersionEntry.unavailable(number, standard, VersionStatus.NOT_ASKED_FOR, false));
        }
        put(new ModelEntry(folder.name(), versions, folder.warnings(), forCallers.apply(folder.problem())));
    }

    /// Shows the versions as loading that [#load] will load.
    void announce(ModelFolder folder) {
        if (!folder.problem().isEmpty()) {
            list(folder);
            return;
        }
        try {
            ModelSettings settings = ModelSettings.of(folder, standard);
            announce(folder, settings, settings.policy().select(folder.numbers()));
        } catch (ModelLoadException e) {
            // It is told, and logged, when its turn to load comes.
            list(folder);
        }
    }

    /// Loads what the folder's configuration asks for and, if all of it loaded, retires the rest. Blocks meanwhile.
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
        SortedSet<Long> wanted = settings.policy().select(folder.numbers());
        announce(folder, settings, wanted);
        List<String> failures = new ArrayList<>();
        for (long number : wanted) {
            String failure = loadVersion(folder, settings, number);
            if (!failure.isEmpty()) {
                failures.add("version " + number + ": " + failure);
            }
        }
        if (failures.isEmpty()) {
            retireAllBut(folder.name(), wanted);
        }
        return String.join("; ", failures);
    }

    /// Nothing of the folder can be served; what serves goes on.
    private String refuse(ModelFolder folder, String problem) {
        LOG.log(System.Logger.Level.WARNING, "model {0} cannot be loaded: {1}", folder.name(), problem);
        String reason = forCallers.apply(problem);
        ModelEntry before = snapshot.entry(folder.name());
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
        put(new ModelEntry(folder.name(), versions, folder.warnings(), before.serves() ? "" : reason));
        return reason;
    }

    private void announce(ModelFolder folder, ModelSettings settings, SortedSet<Long> wanted) {
        ModelEntry before = snapshot.entry(folder.name());
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
                    number, VersionEntry.unavailable(number, settings.device(), VersionStatus.NOT_ASKED_FOR, false));
        }
        List<String> warnings = new ArrayList<>(folder.warnings());
        warnings.addAll(settings.warnings());
        put(new ModelEntry(folder.name(), versions, warnings, ""));
    }

    private String loadVersion(ModelFolder folder, ModelSettings settings, long number) {
        VersionEntry.@Nullable Serving before = snapshot.entry(folder.name()).serving(number);
        VersionFolder version = folder.version(number);
        if (before != null && before.isFrom(version, settings)) {
            serve(
                    folder.name(),
                    number,
                    new VersionEntry.Serving(before.version(), before.front(), settings, before.files()));
            return "";
        }
        long startNanos = clock.nanoTime();
        try {
            VersionLoader.Loaded loaded = loader.load(folder, settings, number);
            LoadedVersion handle = new LoadedVersion(loaded.model(), loaded.signature(), loaderThread);
            open.put(handle, handle.closed().thenRun(() -> afterClose(handle)));
            List<FileStamp> files = version == null ? List.of() : version.files();
            publish(handle, settings, files, before);
        } catch (ModelLoadException e) {
            return fail(new ModelKey(folder.name(), number), settings, e.reason());
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // The loader thread must outlive any one model.
            LOG.log(System.Logger.Level.ERROR, "loading " + folder.name() + "/" + number + " failed", e);
            return fail(new ModelKey(folder.name(), number), settings, e.toString());
        }
        long millis = (clock.nanoTime() - startNanos) / 1_000_000;
        LOG.log(
                System.Logger.Level.INFO,
                () -> "loaded %s/%d on %s in %d ms".formatted(folder.name(), number, settings.device(), millis));
        return "";
    }

    /// Has a version serve in the place of `before`. Whichever of the two then does not serve is retired, whatever was
    /// thrown on the way: nobody else would.
    private void publish(
            LoadedVersion handle,
            ModelSettings settings,
            List<FileStamp> files,
            VersionEntry.@Nullable Serving before) {
        ModelKey key = handle.key();
        try {
            serve(
                    key.name(),
                    key.version(),
                    new VersionEntry.Serving(handle, front(handle, settings), settings, files));
        } finally {
            VersionEntry.Serving now = snapshot.entry(key.name()).serving(key.version());
            if (now == null || now.version() != handle) {
                handle.retire();
            } else if (before != null) {
                before.version().retire();
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what closing a cache does cannot fail
    private VersionHandle front(LoadedVersion handle, ModelSettings settings) {
        if (settings.caching() == null) {
            return handle;
        }
        CachedVersion cached = caches.inFrontOf(handle, settings.caching());
        // Once it is out of memory, nobody waits for an answer any more.
        handle.closed().thenRun(cached::close);
        return cached;
    }

    private void serve(String model, long number, VersionEntry.Serving serving) {
        put(
                model,
                VersionEntry.ready(
                        number,
                        serving,
                        EffectiveConfig.of(
                                model, serving.settings(), serving.version().signature())));
    }

    private String fail(ModelKey key, ModelSettings settings, String problem) {
        LOG.log(System.Logger.Level.WARNING, "{0} cannot be loaded: {1}", key, problem);
        String reason = forCallers.apply(problem);
        VersionEntry before = snapshot.entry(key.name()).versions().get(key.version());
        put(
                key.name(),
                before != null && before.serving() != null
                        ? before.keptBecause(reason)
                        : VersionEntry.unavailable(key.version(), settings.device(), reason, true));
        return reason;
    }

    private void retireAllBut(String model, SortedSet<Long> kept) {
        ModelEntry before = snapshot.entry(model);
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
        leaving.forEach(LoadedVersion::retire);
    }

    /// Takes the model out of the routes and lets it drain. Does not wait.
    ///
    /// @return done when nothing of it is in memory any more
    CompletableFuture<Void> unload(String model) {
        stop(model);
        return allClosed(model);
    }

    private void stop(String model) {
        ModelEntry before = snapshot.entry(model);
        ModelEntry after = new ModelEntry(model, before.versions(), before.warnings(), "");
        for (VersionEntry version : before.versions().values()) {
            if (version.serving() == null && !version.isUnloading()) {
                after = after.with(version.stopped(VersionState.UNAVAILABLE, VersionStatus.UNLOADED));
            }
        }
        put(after);
        retireAllBut(model, new TreeSet<>());
    }

    /// Unloads everything. Does not wait.
    CompletableFuture<Void> unloadAll() {
        List.copyOf(snapshot.models().keySet()).forEach(this::stop);
        return CompletableFuture.allOf(open.values().toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> allClosed(String model) {
        return CompletableFuture.allOf(open.entrySet().stream()
                .filter(entry -> entry.getKey().key().name().equals(model))
                .map(Map.Entry::getValue)
                .toArray(CompletableFuture[]::new));
    }

    private void afterClose(LoadedVersion handle) {
        ModelKey key = handle.key();
        open.remove(handle);
        // The same version may be back in memory, loaded anew while this one drained.
        if (open.keySet().stream().anyMatch(other -> other.key().equals(key))) {
            return;
        }
        VersionEntry version = snapshot.entry(key.name()).versions().get(key.version());
        if (version != null && version.isUnloading()) {
            put(key.name(), version.stopped(VersionState.UNAVAILABLE, VersionStatus.UNLOADED));
        }
        LOG.log(System.Logger.Level.INFO, "unloaded {0}", key);
        gone.closed(key);
    }
}
