package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.router.RouteTable;
import dev.penstock.router.cache.ResponseCaches;
import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.CountRecords;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.memory.MemoryLedger;
import dev.penstock.server.memory.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Brings the models of a repository into service and keeps them there. Thread-safe.
///
/// One thread, `model-loader`, loads, publishes and closes everything; the serving threads never do. It ends
/// when the last model is gone after [#close].
public final class Registry implements Catalog, ModelControl, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Registry.class.getName());
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

    private final RegistrySettings settings;
    private final MemoryParts memory;
    private final ServingSet serving;
    private final LoaderThread loaderThread = new LoaderThread();
    private final ChangeListeners listeners = new ChangeListeners();
    private final InitialLoad initialLoad;
    private volatile boolean stopping;

    /// Whether there are registered models that nobody could read of yet.
    private volatile boolean recordUnread;

    /// Null if there is no record.
    private final @Nullable RegisteredModels registered;

    private final ExplicitControl control;
    private final @Nullable RepositoryWatch watch;

    private Registry(
            RegistrySettings settings,
            ModelLoader loader,
            Consumer<RouteTable> routes,
            ResponseCaches caches,
            VersionListener gone,
            NanoClock clock,
            @Nullable RecordParts recorded) {
        this.settings = settings;
        this.recordUnread = recorded != null;
        RegisteredModels.Beginning beginning = recorded == null ? null : RegisteredModels.Beginning.of(recorded);
        this.memory = new MemoryParts(
                new MemoryLedger(settings.memory().budgetBytes(), clock),
                new MemoryCounts(),
                settings.memory(),
                this::lookAgain);
        this.serving = new ServingSet(
                new VersionLoader(loader, settings.runners()),
                settings.standardDevice(),
                new ServingSurroundings(
                        loaderThread,
                        routes,
                        caches,
                        gone,
                        beginning == null ? VersionWatch.NONE : beginning.watch(),
                        listeners::tell,
                        clock,
                        memory,
                        settings.repository()::shortened));
        this.initialLoad = new InitialLoad(settings, serving, loaderThread, this::stopping, Later.SYSTEM);
        this.registered =
                beginning == null ? null : new RegisteredModels(beginning, forRegistered(), settings.standardDevice());
        this.control = new ExplicitControl(settings, serving, registered, loaderThread, this::refuseIfStopping);
        this.watch = settings.mode() == ModelControlMode.POLL ? watch(clock) : null;
    }

    private RepositoryWatch watch(NanoClock clock) {
        return new RepositoryWatch(
                new RepositoryLook(
                        settings,
                        serving,
                        loaderThread,
                        clock,
                        this::stopping,
                        initialLoad::takeAnnounced,
                        this::lookAgain),
                settings.pollEvery());
    }

    /// Begins to load what should serve from the start on; each version serves as soon as it is ready.
    ///
    /// @param routes gets every new table, on the loader thread
    /// @param caches where versions get their response caches
    /// @param gone told of every version that left memory
    public static Registry start(
            RegistrySettings settings,
            ModelLoader loader,
            Consumer<RouteTable> routes,
            ResponseCaches caches,
            VersionListener gone,
            NanoClock clock) {
        return start(settings, loader, routes, caches, gone, clock, null);
    }

    /// @param recorded what registered models need; null if there are none
    public static Registry start(
            RegistrySettings settings,
            ModelLoader loader,
            Consumer<RouteTable> routes,
            ResponseCaches caches,
            VersionListener gone,
            NanoClock clock,
            @Nullable RecordParts recorded) {
        Registry registry = new Registry(settings, loader, routes, caches, gone, clock, recorded);
        registry.initialLoad.begin();
        if (registry.registered == null) {
            registry.initialLoad.recordTried();
        } else {
            registry.registered.start();
        }
        if (registry.watch != null) {
            registry.watch.start();
        }
        return registry;
    }

    /// Done when the loading of every model that should serve from the start on was tried.
    public CompletableFuture<Void> initialLoad() {
        return initialLoad.done();
    }

    /// Has it run after every change of what [Catalog] answers: on the loader thread or, when an alias moves
    /// or serving is to stop, on the thread that said so; never twice at the same time. It must not block.
    public void onChange(Runnable listener) {
        onModelChange(_ -> listener.run());
    }

    /// The same, told of the model that changed, or of "" if it may be any: of thousands, few do.
    public void onModelChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    /// From here on the server is not ready and loads nothing more; what serves goes on serving.
    public void stopServing() {
        stopping = true;
        serving.stop();
        listeners.tell("");
    }

    @Override
    public boolean stopping() {
        return stopping;
    }

    /// Whether the loading of every model that should serve from the start on was tried and, where readiness is
    /// strict, succeeded. A failure counts until the model is loaded or unloaded by a caller; the failure of
    /// a later load does not, for the caller knows and what served goes on.
    @Override
    public boolean ready() {
        Snapshot snapshot = serving.table().snapshot();
        return !stopping
                && snapshot.attempted()
                && (!settings.strictReadiness() || (snapshot.awaited().isEmpty() && !recordUnread));
    }

    @Override
    public List<ModelStatus> models() {
        return serving.table().snapshot().statuses();
    }

    @Override
    public @Nullable ModelStatus model(String name) {
        ModelEntry entry = serving.table().snapshot().models().get(name);
        return entry == null ? null : entry.status();
    }

    @Override
    public void wake(String model, long version) {
        VersionEntry.Serving serving = this.serving.table().entry(model).serving(version);
        if (serving != null && serving.front() instanceof SleepingVersion sleeping) {
            sleeping.wake();
        }
    }

    @Override
    public void load(String model) {
        control.load(model);
    }

    @Override
    public void unload(String model) {
        control.unload(model);
    }

    /// Who holds the memory for models, and what happened for want of it.
    public MemoryUsage memory() {
        return memory.usage();
    }

    private void lookAgain(String model) {
        if (registered != null) {
            registered.lookAgain(model);
        }
    }

    /// Registers models, if there is a record.
    public ModelAdmin admin() {
        return registered == null ? new UnrecordedModels() : registered;
    }

    /// Routes and rollouts, if there is a record.
    public RouteRecords routes() {
        return registered == null ? new UnrecordedRoutes() : registered.routes();
    }

    /// What is usual of models; null if there is no record.
    public @Nullable BaselineRecords baselines() {
        return registered == null ? null : registered.baselines();
    }

    /// What servers that share the record count; null if there is none.
    public @Nullable CountRecords counts() {
        return registered == null ? null : registered.counts();
    }

    /// Puts other routes before the models, at once; any thread.
    public void reroute(UnaryOperator<RouteTable> edit) {
        serving.table().reroute(edit);
    }

    private RegisteredServing forRegistered() {
        return new RegisteredServing(settings.repository(), serving, loaderThread, this::refuseIfStopping, tried -> {
            if (tried) {
                recordUnread = false;
            }
            initialLoad.recordTried();
            listeners.tell("");
        });
    }

    private void refuseIfStopping() {
        if (stopping) {
            throw LoaderThread.stopping();
        }
    }

    @Override
    public void close() {
        List<ModelKey> left = close(CLOSE_PATIENCE);
        if (!left.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "still in use after {0}: {1}", CLOSE_PATIENCE, left);
        }
    }

    /// Takes every model out of service and waits until all are closed, or until patience ends. What is still
    /// leased then is closed when its lease is. Again it only waits.
    ///
    /// @return the versions that are still in memory
    public List<ModelKey> close(Duration patience) {
        stopServing();
        if (watch != null) {
            watch.close();
        }
        if (registered != null) {
            registered.close();
        }
        try {
            unloadAllThenEnd().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ServingException _) {
            // Closed before, and everything is gone.
        } catch (TimeoutException _) {
            return inMemory();
        } catch (ExecutionException e) {
            LOG.log(System.Logger.Level.ERROR, "unloading the models failed", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return inMemory();
    }

    /// The last lease may be given back long after nobody waits for it any more: only then the thread ends.
    @SuppressWarnings("FutureReturnValueIgnored")
    private CompletableFuture<Void> unloadAllThenEnd() {
        return loaderThread
                .submit(serving.departures()::unloadAll)
                .thenCompose(gone -> gone)
                .whenComplete((_, _) -> loaderThread.end());
    }

    private List<ModelKey> inMemory() {
        Set<VersionState> states = Set.of(VersionState.READY, VersionState.UNLOADING);
        return models().stream()
                .flatMap(model -> model.versions().stream()
                        .filter(version -> states.contains(version.state()))
                        .map(version -> new ModelKey(model.name(), version.version())))
                .toList();
    }
}
