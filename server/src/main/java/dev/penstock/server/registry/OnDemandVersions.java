package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.waiting.OnDemandVersion.Asker;
import dev.penstock.server.memory.Holding;
import dev.penstock.server.memory.Room;
import dev.penstock.server.memory.Shortage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Brings versions into memory that somebody asks for, one after the other on the loader thread, which does
/// what else it has to do between two of them. What does not fit while others are in use waits until they are
/// not, and lets pass what does; what nobody waits for any more is not loaded.
///
/// Confined to the loader thread, but for [#wake], [#refusal], [#passingAsker], [#roomMayBe] and [#stop].
final class OnDemandVersions {
    private static final System.Logger LOG = System.getLogger(OnDemandVersions.class.getName());

    private final ServingTable table;
    private final ServingSurroundings around;
    private final VersionMemory memory;
    private final Loading loading;
    private final NanoClock clock;

    /// Who asked since this thread last looked. Any thread may add, and whoever takes one out tells its asker.
    private final Queue<Wanted> arrived = new ConcurrentLinkedQueue<>();

    /// Two for each version at most: those who wait for it are one asker, and those who do not are another.
    private final List<Wanted> queue = new ArrayList<>();

    private final SpacedLooks looks;
    private volatile boolean stopping;
    private volatile boolean waitsForRoom;

    /// Whether it looks again as soon as others had their turn on this thread.
    private boolean goesOn;

    /// How a version is loaded and published.
    interface Loading {
        /// @return why it does not serve; null if it does
        VersionLaunch.@Nullable Failed load(SleepingVersion version);
    }

    /// @param asker to be told what became of it
    private record Wanted(SleepingVersion version, Asker asker) {
        ModelKey key() {
            return version.key();
        }
    }

    OnDemandVersions(ServingTable table, ServingSurroundings around, VersionMemory memory, Loading loading) {
        this.table = table;
        this.around = around;
        this.memory = memory;
        this.loading = loading;
        this.clock = around.clock();
        this.looks = new SpacedLooks(around.loaderThread(), clock, Later.SYSTEM, this::look);
    }

    /// Of one version.
    PassingAsker passingAsker() {
        return new PassingAsker(around.memory().rules().maxWait(), clock);
    }

    /// See [SleepingVersion#wake]. Any thread.
    void wake(SleepingVersion version, Asker asker) {
        ServingException refusal = refusal(version);
        if (refusal != null) {
            asker.told(refusal);
            return;
        }
        Wanted wanted = new Wanted(version, asker);
        arrived.add(wanted);
        if (version.hasStayed()) {
            // Nobody else need tell it any more: whoever put the version back had a look before it came.
            tellStayed(wanted);
        } else if (!onLoaderThread(this::look) && arrived.remove(wanted)) {
            asker.told(LoaderThread.stopping());
        }
    }

    /// @return whether it will run
    private boolean onLoaderThread(Runnable task) {
        try {
            around.loaderThread().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing is loaded any more: {0}", e.getMessage());
            return false;
        }
    }

    /// Versions were asleep in the routes and are not any more: who came for them meanwhile goes on at once,
    /// whatever is loaded now.
    void stayed() {
        for (Wanted wanted : arrived) {
            if (wanted.version().hasStayed()) {
                tellStayed(wanted);
            }
        }
    }

    private void tellStayed(Wanted wanted) {
        if (arrived.remove(wanted)) {
            tell(wanted, null);
        }
    }

    /// @return why it is not to be loaded now, or null
    @Nullable
    ServingException refusal(SleepingVersion version) {
        return stopping ? LoaderThread.stopping() : version.refusal(clock.nanoTime());
    }

    /// Nothing is loaded from here on, and who waits is told. Any thread.
    void stop() {
        stopping = true;
        boolean _ = onLoaderThread(this::look);
    }

    /// Somebody may leave now, or has left. Any thread, with every request while somebody waits for room.
    void roomMayBe() {
        if (waitsForRoom) {
            looks.soon();
        }
    }

    /// Tells whoever need not wait, then loads one version at most: others want something of this thread, too.
    private void look() {
        // Before it looks: who becomes idle from here on is seen now or has it look again.
        waitsForRoom = true;
        for (Wanted wanted = arrived.poll(); wanted != null; wanted = arrived.poll()) {
            queue.add(wanted);
        }
        boolean tried = pass(this::settled);
        if (!tried) {
            List<Holding> held = memory.holdings();
            tried = pass(wanted -> brought(wanted, held));
        }
        waitsForRoom = !queue.isEmpty();
        looks.looked();
        if (tried && waitsForRoom && !goesOn) {
            goesOn = onLoaderThread(() -> {
                goesOn = false;
                look();
            });
        }
    }

    /// Goes over all that is wanted until something was loaded, or that was tried for as long.
    ///
    /// @return whether it was
    private boolean pass(Function<Wanted, Outcome> step) {
        for (Iterator<Wanted> each = queue.iterator(); each.hasNext(); ) {
            Wanted wanted = each.next();
            if (!wanted.asker().stillWants()) {
                each.remove();
                continue;
            }
            Outcome outcome = guarded(wanted, step);
            if (outcome.isSettled()) {
                each.remove();
                tell(wanted, outcome.failure());
            }
            if (outcome.tried()) {
                return true;
            }
        }
        return false;
    }

    private static void tell(Wanted wanted, @Nullable ServingException failure) {
        try {
            wanted.asker().told(failure);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // The others want to be told, too.
            LOG.log(System.Logger.Level.ERROR, "telling who waits for " + wanted.key() + " failed", e);
        }
    }

    /// @param tried whether it was loaded, or that took as long
    /// @param failure why it cannot be had; null if it is there, or not settled
    private record Outcome(
            boolean isSettled, boolean tried, @Nullable ServingException failure) {
        static final Outcome LATER = new Outcome(false, false, null);
        static final Outcome IN_VAIN = new Outcome(false, true, null);
        static final Outcome WAS_THERE = new Outcome(true, false, null);
        static final Outcome LOADED = new Outcome(true, true, null);

        static Outcome refused(ServingException failure) {
            return new Outcome(true, false, failure);
        }

        static Outcome failed(ServingException failure) {
            return new Outcome(true, true, failure);
        }
    }

    private static Outcome guarded(Wanted wanted, Function<Wanted, Outcome> step) {
        try {
            return step.apply(wanted);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // Whoever waits must be told, and the loader thread outlives it.
            LOG.log(System.Logger.Level.ERROR, "bringing " + wanted.key() + " into memory failed", e);
            return Outcome.failed(new ServingException(
                    ErrorCode.INTERNAL, wanted.key() + " cannot be brought into memory; see the log"));
        }
    }

    /// What needs no load.
    private Outcome settled(Wanted wanted) {
        if (stopping) {
            return Outcome.refused(LoaderThread.stopping());
        }
        ModelKey key = wanted.key();
        VersionHandle front = front(key);
        if (front == null) {
            return Outcome.refused(new ServingException(
                    ErrorCode.NOT_READY,
                    "model '%s' version %d is out of service".formatted(key.name(), key.version())));
        }
        if (!(front instanceof SleepingVersion sleeping)) {
            return Outcome.WAS_THERE;
        }
        ServingException refusal = refusal(sleeping);
        return refusal == null ? Outcome.LATER : Outcome.refused(refusal);
    }

    private @Nullable VersionHandle front(ModelKey key) {
        VersionEntry.@Nullable Serving serving = table.entry(key.name()).serving(key.version());
        return serving == null ? null : serving.front();
    }

    /// What may need one.
    ///
    /// @param held what was in memory before this pass
    private Outcome brought(Wanted wanted, List<Holding> held) {
        Outcome settled = settled(wanted);
        if (settled.isSettled() || !(front(wanted.key()) instanceof SleepingVersion sleeping)) {
            return settled;
        }
        // Nobody leaves for it yet: perhaps it cannot be opened.
        long number = wanted.key().version();
        return switch (memory.room(sleeping.folder(), sleeping.settings(), number, held)) {
            case Room.Fits _ -> load(sleeping);
            case Room.Never(Shortage shortage) -> refused(sleeping, shortage);
            case Room.Later _ -> Outcome.LATER;
        };
    }

    private Outcome load(SleepingVersion version) {
        VersionLaunch.Failed failed = loading.load(version);
        if (failed == null) {
            around.memory().counts().loaded();
            return Outcome.LOADED;
        }
        if (failed.lacksRoom()) {
            // Those that were to leave are in use again.
            version.lackedRoom();
            Room room = memory.room(
                    version.folder(), version.settings(), version.key().version());
            if (room instanceof Room.Never(Shortage shortage)) {
                return failed.isCheap() ? refused(version, shortage) : Outcome.failed(noRoom(version, shortage));
            }
            // Its files were read for that, or all of it was loaded: others have their turn now.
            return failed.isCheap() ? Outcome.LATER : Outcome.IN_VAIN;
        }
        around.memory().counts().failed();
        // Perhaps its files are gone, and can be fetched again.
        around.memory().troubled().accept(version.key().name());
        String problem = around.forCallers().apply(failed.problem());
        return Outcome.failed(version.failed(problem, clock.nanoTime()));
    }

    /// Nothing is held against it: it is tried again whenever it is asked for.
    private Outcome refused(SleepingVersion version, Shortage shortage) {
        return Outcome.refused(noRoom(version, shortage));
    }

    private ServingException noRoom(SleepingVersion version, Shortage shortage) {
        around.memory().counts().refused();
        return version.noRoom(shortage.reason());
    }
}
