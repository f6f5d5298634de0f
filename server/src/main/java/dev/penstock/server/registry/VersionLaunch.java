package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.monitor.LoadResult;
import dev.penstock.router.MarkedVersion;
import dev.penstock.router.ReplyMarker;
import dev.penstock.router.cache.CachedVersion;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.memory.MemoryLedger;
import dev.penstock.server.memory.ProcessMemory;
import dev.penstock.server.source.ModelFiles;
import org.jspecify.annotations.Nullable;

/// Brings versions from the disk into memory: every load of the registry begins and ends in [#open], and what
/// it took is free when [LoadedVersion#closed] says so. Confined to the loader thread.
final class VersionLaunch {
    private static final System.Logger LOG = System.getLogger(VersionLaunch.class.getName());

    private final VersionLoader loader;
    private final ServingSurroundings around;
    private final VersionMemory memory;
    private final Runnable roomMayBe;

    /// @param roomMayBe told when a version became idle that is in memory on demand, or has left; any
    ///     thread
    VersionLaunch(VersionLoader loader, ServingSurroundings around, VersionMemory memory, Runnable roomMayBe) {
        this.loader = loader;
        this.around = around;
        this.memory = memory;
        this.roomMayBe = roomMayBe;
    }

    /// How a load ended.
    sealed interface Outcome {}

    /// In memory, and serving nobody yet: whoever has it has it published or lets it go.
    ///
    /// @param loaded as the loader gave it; goes with the version
    /// @param share what it has of the memory; goes with the version
    /// @param folder what it was made from
    /// @param before what callers send now to the version it follows; null if there is none
    /// @param begunNanos when its load began
    /// @param loadNanos how long it took
    record Held(
            LoadedVersion version,
            VersionLoader.Loaded loaded,
            MemoryLedger.Share share,
            ModelSettings settings,
            ModelFolder folder,
            @Nullable Signature before,
            long begunNanos,
            long loadNanos)
            implements Outcome {
        ModelKey key() {
            return version.key();
        }

        /// Frees its memory, soon, on the loader thread. Any thread; again, or once it serves, it must not be
        /// called.
        void letGo() {
            version.retire();
        }
    }

    /// Nothing stayed behind.
    record Failed(ModelKey key, ModelSettings settings, String problem, Fault fault) implements Outcome {
        /// Whether it says something of the version.
        boolean verdict() {
            return fault == Fault.VERSION;
        }

        boolean lacksRoom() {
            return fault == Fault.ROOM || fault == Fault.ROOM_AT_FIRST;
        }

        /// Whether it took no time: nothing was opened for it.
        boolean isCheap() {
            return fault == Fault.ROOM_AT_FIRST;
        }
    }

    /// Whose fault it is.
    enum Fault {
        /// Its files are here, and there is no other reason.
        VERSION,
        /// There is no room for it now.
        ROOM,
        /// The same, seen before anything was opened.
        ROOM_AT_FIRST,
        /// Its files cannot be had, or this process cannot load it.
        SURROUNDINGS
    }

    /// What comes first, which decides what is done in vain if the other does not go well.
    enum Order {
        /// Its files are opened and verified; nobody leaves for what cannot be.
        FILES_FIRST,
        /// Room is made for it: its files were verified a moment ago, and that takes long.
        ROOM_FIRST
    }

    /// Loads a version. Blocks; throws nothing for what is wrong with one version.
    ///
    /// @param before what callers send now to the version it follows; null if there is none
    /// @param order what comes first
    Outcome open(ModelFolder folder, ModelSettings settings, long number, @Nullable Signature before, Order order) {
        ModelKey key = new ModelKey(folder.name(), number);
        // Here a load begins.
        long begunNanos = around.clock().nanoTime();
        if (order == Order.FILES_FIRST) {
            around.watch().phase(key, LifecyclePhase.LOADING, "");
        }
        Parts parts = new Parts();
        Outcome outcome = attempt(folder, settings, key, before, begunNanos, order, parts);
        if (order == Order.ROOM_FIRST && parts.share == null) {
            // It did not begin. There may be many such tries a second, and the first of them was told.
            return outcome;
        }
        // Here it ended.
        around.gone().loadEnded(resultOf(outcome), around.clock().nanoTime() - begunNanos);
        if (outcome instanceof Failed failed) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be loaded: {1}", key, failed.problem());
        }
        return outcome;
    }

    private static LoadResult resultOf(Outcome outcome) {
        return switch (outcome) {
            case Held _ -> LoadResult.LOADED;
            case Failed failed ->
                switch (failed.fault()) {
                    case VERSION -> LoadResult.FAILED;
                    case ROOM, ROOM_AT_FIRST -> LoadResult.NO_ROOM;
                    case SURROUNDINGS -> LoadResult.UNAVAILABLE;
                };
        };
    }

    private Outcome attempt(
            ModelFolder folder,
            ModelSettings settings,
            ModelKey key,
            @Nullable Signature before,
            long begunNanos,
            Order order,
            Parts parts) {
        try {
            if (order == Order.ROOM_FIRST) {
                MemoryLedger.Share _ = take(folder, settings, key, parts);
                around.watch().phase(key, LifecyclePhase.LOADING, "");
            }
            return hold(folder, settings, key, before, begunNanos, parts);
        } catch (ModelLoadException e) {
            return new Failed(key, settings, e.reason(), e.isPassing() ? parts.passing() : parts.fault());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "loading " + key + " failed", e);
            // Nobody foresaw it, so nobody knows whose fault it is.
            return new Failed(key, settings, e.toString(), Fault.SURROUNDINGS);
        } catch (LinkageError | OutOfMemoryError | StackOverflowError e) {
            // The loader thread must outlive any one model, and what this process lacks is not the model's
            // fault.
            LOG.log(System.Logger.Level.ERROR, "loading " + key + " failed", e);
            return new Failed(key, settings, e.toString(), Fault.SURROUNDINGS);
        } finally {
            parts.close();
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // what is opened is closed when the version is, or with the parts
    private Held hold(
            ModelFolder folder,
            ModelSettings settings,
            ModelKey key,
            @Nullable Signature before,
            long begunNanos,
            Parts parts) {
        ModelFiles.Folder opened = loader.open(folder, key.version());
        parts.opened = opened;
        MemoryLedger.Share share = parts.share == null ? take(folder, settings, key, parts) : parts.share;
        ProcessMemory.Meter meter = around.memory().rules().meter();
        ProcessMemory.Reading unloaded = meter.read();
        VersionLoader.Loaded loaded = loader.load(
                folder, settings, key.version(), opened, () -> around.watch().phase(key, LifecyclePhase.WARMING, ""));
        parts.loaded = loaded;
        String tooMuch = memory.measured(share, folder, ProcessMemory.grown(unloaded, meter.read()));
        if (!tooMuch.isEmpty()) {
            parts.lacksRoom = true;
            throw ModelLoadException.notNow(tooMuch);
        }
        LoadedVersion version = new LoadedVersion(
                loaded.model(),
                loaded.signature(),
                around.loaderThread(),
                () -> closed(opened, share),
                around.memory().isOnDemand(folder, settings) ? new VersionUse(around.clock(), roomMayBe) : null);
        share.heldBy(version);
        long loadNanos = around.clock().nanoTime() - begunNanos;
        Held held = new Held(version, loaded, share, settings, folder, before, begunNanos, loadNanos);
        parts.held = true;
        return held;
    }

    @SuppressWarnings("MustBeClosedChecker") // the parts are
    private MemoryLedger.Share take(ModelFolder folder, ModelSettings settings, ModelKey key, Parts parts) {
        // Until it has it.
        parts.lacksRoom = true;
        MemoryLedger.Share share = memory.take(folder, settings, key.version());
        parts.share = share;
        parts.lacksRoom = false;
        return share;
    }

    private void closed(ModelFiles.Folder opened, MemoryLedger.Share share) {
        try {
            opened.close();
        } finally {
            share.close();
            roomMayBe.run();
        }
    }

    /// What a load has opened so far, and closes again unless a version holds it.
    private static final class Parts {
        private ModelFiles.@Nullable Folder opened;
        private MemoryLedger.@Nullable Share share;
        private VersionLoader.@Nullable Loaded loaded;
        private boolean lacksRoom;
        private boolean held;

        Fault fault() {
            return opened == null ? Fault.SURROUNDINGS : Fault.VERSION;
        }

        /// Of what may go well another time.
        Fault passing() {
            if (!lacksRoom) {
                return Fault.SURROUNDINGS;
            }
            return opened == null ? Fault.ROOM_AT_FIRST : Fault.ROOM;
        }

        void close() {
            if (held) {
                return;
            }
            try (MemoryLedger.Share _ = share) {
                if (loaded != null) {
                    loaded.close();
                } else if (opened != null) {
                    opened.close();
                }
            }
        }
    }

    /// What callers meet: the version, or what is in front of it.
    VersionHandle front(LoadedVersion version, ModelSettings settings) {
        VersionHandle answers = cached(version, settings);
        ReplyMarker marker = around.gone().marker(version.key(), version.signature(), settings.feedback());
        return marker == null ? answers : new MarkedVersion(answers, marker);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what closing a cache does cannot fail
    private VersionHandle cached(LoadedVersion version, ModelSettings settings) {
        if (settings.caching() == null) {
            return version;
        }
        CachedVersion cached = around.caches().inFrontOf(version, settings.caching());
        // Once it is out of memory, nobody waits for an answer any more.
        version.closed().thenRun(cached::close);
        return cached;
    }
}
