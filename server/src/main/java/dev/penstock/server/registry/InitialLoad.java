package dev.penstock.server.registry;

import dev.penstock.server.admin.ModelControlMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Loads what a repository has to serve from the start on, one model after the other, on the loader thread.
final class InitialLoad {
    private static final System.Logger LOG = System.getLogger(InitialLoad.class.getName());

    /// How long what is polled is watched before it is loaded at the start.
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final RegistrySettings settings;
    private final ServingSet serving;
    private final LoaderThread loaderThread;
    private final BooleanSupplier stopping;
    private final Later later;
    private final AtomicReference<Set<String>> announced = new AtomicReference<>(Set.of());
    private final CompletableFuture<Void> foldersTried = new CompletableFuture<>();
    private final CompletableFuture<Void> recordTried = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /// @param later waits where the loader thread must not: others want something of it
    InitialLoad(
            RegistrySettings settings,
            ServingSet serving,
            LoaderThread loaderThread,
            BooleanSupplier stopping,
            Later later) {
        this.settings = settings;
        this.serving = serving;
        this.loaderThread = loaderThread;
        this.stopping = stopping;
        this.later = later;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the end throws nothing
    void begin() {
        CompletableFuture.allOf(foldersTried, recordTried).thenRun(this::end);
        loaderThread.execute(() -> ending(this::announceAll));
    }

    /// Registered models were tried, too, or there are none. Any thread.
    void recordTried() {
        recordTried.complete(null);
    }

    /// Done when the loading of every model that should serve from the start on was tried.
    CompletableFuture<Void> done() {
        return done.copy();
    }

    /// The models that are shown since the repository was read at the start: once, to whoever is to tell when
    /// they are gone. Any thread.
    Set<String> takeAnnounced() {
        return announced.getAndSet(Set.of());
    }

    /// However a step goes, it comes to its end: what does not have another one follow was the last.
    ///
    /// @param step says whether another one follows
    private void ending(BooleanSupplier step) {
        boolean goesOn = false;
        try {
            goesOn = step.getAsBoolean();
        } finally {
            if (!goesOn) {
                foldersTried.complete(null);
            }
        }
    }

    private boolean announceAll() {
        RepositorySnapshot found = settings.repository().read();
        found.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
        Set<String> names = namesAtStart(found);
        serving.table().change(snapshot -> snapshot.awaiting(names));
        for (ModelFolder folder : found.models()) {
            guarded(folder.name(), () -> show(folder, names.contains(folder.name())));
        }
        announced.set(found.models().stream().map(ModelFolder::name).collect(Collectors.toUnmodifiableSet()));
        if (settings.mode() != ModelControlMode.POLL) {
            return loadAll(names, Map.of());
        }
        Map<String, ModelFolder> seen = new HashMap<>();
        found.models().forEach(folder -> seen.put(folder.name(), folder));
        Duration pause = settings.pollEvery().compareTo(SETTLING) < 0 ? settings.pollEvery() : SETTLING;
        // Between two looks, so that what is just being written is seen to change.
        later.run(pause, () -> ending(() -> loadAll(names, seen)));
        return true;
    }

    /// One task a model, so that closings and callers' loads need not wait for all of them.
    ///
    /// @param seen how they were a moment ago, where that matters
    private boolean loadAll(Set<String> names, Map<String, ModelFolder> seen) {
        try {
            names.forEach(name -> loaderThread.execute(() -> guarded(name, () -> loadAtStart(name, seen.get(name)))));
            loaderThread.execute(() -> foldersTried.complete(null));
            return true;
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "the server stops, and loads nothing more: {0}", e.getMessage());
            return false;
        }
    }

    private void show(ModelFolder folder, boolean wanted) {
        if (wanted) {
            serving.announce(folder);
        } else {
            serving.list(folder);
        }
    }

    /// What goes wrong with one model, however oddly, is that model's reason not to serve, and the others go
    /// on.
    private void guarded(String model, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "model " + model + " failed", e);
            serving.list(settings.repository().broken(model, e.toString()));
        }
    }

    private Set<String> namesAtStart(RepositorySnapshot found) {
        boolean all = settings.mode() != ModelControlMode.EXPLICIT
                || settings.startupModels().contains(RegistrySettings.ALL);
        Set<String> names = new TreeSet<>(settings.startupModels());
        names.remove(RegistrySettings.ALL);
        if (all) {
            found.models().forEach(folder -> names.add(folder.name()));
        }
        return names;
    }

    /// @param seen how it was a moment ago; null if that does not matter
    private void loadAtStart(String model, @Nullable ModelFolder seen) {
        // A caller's unload, or load, that came before settles it.
        if (stopping.getAsBoolean() || !serving.table().snapshot().awaits(model)) {
            return;
        }
        ModelFolder folder = settings.repository().read(model);
        if (folder != null && seen != null && !seen.isUntouched(folder)) {
            LOG.log(System.Logger.Level.INFO, "model {0} is being written: it is loaded once it has settled", model);
            return;
        }
        LoadResult _ = serving.load(folder == null ? settings.repository().absent(model) : folder);
    }

    private void end() {
        try {
            serving.table().change(Snapshot::afterAttempt);
        } finally {
            done.complete(null);
        }
    }
}
