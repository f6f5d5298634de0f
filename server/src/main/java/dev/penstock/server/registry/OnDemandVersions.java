package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.router.waiting.OnDemandVersion.Asker;
import dev.penstock.server.memory.Room;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Brings versions into memory that somebody asks for, one after the other on the loader thread, which does
/// what
/// else it has to do between two of them. What does not fit while others are in use waits until they are not,
/// and
/// lets pass what does; what nobody waits for any more is not loaded.
///
/// Confined to the loader thread, but for [#wake], [#refusal], [#roomMayBe] and [#stop].
final class OnDemandVersions {
    private static final System.Logger LOG = System.getLogger(OnDemandVersions.class.getName());

    private final ServingTable table;
    private final ServingSurroundings around;
    private final VersionMemory memory;
    private final Loading loading;
    private final NanoClock clock;

    /// One for each version at most: those who ask for it wait for the first of them.
    private final Deque<Wanted> queue = new ArrayDeque<>();

    private volatile boolean stopping;
    private volatile boolean waitsForRoom;
    private final AtomicBoolean looks = new AtomicBoolean();

    /// How a version is loaded and published.
    interface Loading {
        /// @return why it does not serve; null if it does
        VersionLaunch.@Nullable Failed load(SleepingVersion version);
    }

    /// @param asker to be told what became of it
    private record Wanted(ModelKey key, Asker asker) {}

    OnDemandVersions(ServingTable table, ServingSurroundings around, VersionMemory memory, Loading loading) {
        this.table = table;
        this.around = around;
        this.memory = memory;
        this.loading = loading;
        this.clock = around.clock();
    }

    /// See [SleepingVersion#wake]. Any thread.
    void wake(SleepingVersion version, Asker asker) {
        ServingException refusal = refusal(version);
        if (refusal != null) {
            asker.told(refusal);
            return;
        }
        Wanted wanted = new Wanted(version.key(), asker);
        try {
            around.loaderThread().execute(() -> {
                queue.add(wanted);
                serveWhatFits();
            });
        } catch (RejectedExecutionException e) {
            asker.told(LoaderThread.stopping());
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
        roomMayBe();
    }

    /// Somebody may leave now, or has left. Any thread.
    void roomMayBe() {
        if (waitsForRoom) {
            lookAgain();
        }
    }

    private void lookAgain() {
        if (!looks.compareAndSet(false, true)) {
            return;
        }
        try {
            around.loaderThread().execute(() -> {
                looks.set(false);
                serveWhatFits();
            });
        } catch (RejectedExecutionException e) {
            // The server stops, and who waits is told by others.
            LOG.log(System.Logger.Level.DEBUG, "nothing is loaded any more: {0}", e.getMessage());
        }
    }

    /// Loads one of them at most: others want something of this thread, too.
    private void serveWhatFits() {
        // Before it looks: who becomes idle from here on is seen now or has it look again.
        waitsForRoom = true;
        boolean again = false;
        for (Iterator<Wanted> each = queue.iterator(); each.hasNext() && !again; ) {
            Wanted wanted = each.next();
            if (!wanted.asker().stillWants()) {
                each.remove();
                continue;
            }
            Outcome outcome = guarded(wanted);
            if (outcome.isSettled()) {
                each.remove();
                tell(wanted, outcome.failure());
            }
            again = outcome.tried();
        }
        waitsForRoom = !queue.isEmpty();
        if (again && waitsForRoom) {
            lookAgain();
        }
    }

    private static void tell(Wanted wanted, @Nullable ServingException failure) {
        try {
            wanted.asker().told(failure);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // The others want to be told, too.
            LOG.log(System.Logger.Level.ERROR, "telling who waits for " + wanted.key() + " failed", e);
        }
    }

    /// @param tried whether it was loaded, or would have been
    /// @param failure why it cannot be had; null if it is there, or not settled
    private record Outcome(
            boolean isSettled, boolean tried, @Nullable ServingException failure) {
        static final Outcome LATER = new Outcome(false, false, null);
        static final Outcome WAS_THERE = new Outcome(true, false, null);
        static final Outcome LOADED = new Outcome(true, true, null);

        static Outcome refused(ServingException failure) {
            return new Outcome(true, false, failure);
        }

        static Outcome failed(ServingException failure) {
            return new Outcome(true, true, failure);
        }
    }

    private Outcome guarded(Wanted wanted) {
        try {
            return attempt(wanted);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // Whoever waits must be told, and the loader thread outlives it.
            LOG.log(System.Logger.Level.ERROR, "bringing " + wanted.key() + " into memory failed", e);
            return Outcome.failed(new ServingException(
                    ErrorCode.INTERNAL, wanted.key() + " cannot be brought into memory; see the log"));
        }
    }

    private Outcome attempt(Wanted wanted) {
        if (stopping) {
            return Outcome.refused(LoaderThread.stopping());
        }
        ModelKey key = wanted.key();
        VersionEntry.@Nullable Serving serving = table.entry(key.name()).serving(key.version());
        if (serving == null) {
            return Outcome.refused(new ServingException(
                    ErrorCode.NOT_READY,
                    "model '%s' version %d is out of service".formatted(key.name(), key.version())));
        }
        if (!(serving.front() instanceof SleepingVersion sleeping)) {
            return Outcome.WAS_THERE;
        }
        ServingException refusal = refusal(sleeping);
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        return switch (room(sleeping)) {
            case Room.Fits _ -> load(sleeping);
            case Room.Never(String reason) -> refused(sleeping, reason);
            case Room.Later _ -> Outcome.LATER;
        };
    }

    /// Nobody leaves for it yet: perhaps it cannot be opened.
    private Room room(SleepingVersion version) {
        return memory.room(version.folder(), version.settings(), version.key().version());
    }

    private Outcome load(SleepingVersion version) {
        VersionLaunch.Failed failed = loading.load(version);
        if (failed == null) {
            around.memory().counts().loaded();
            return Outcome.LOADED;
        }
        if (failed.lacksRoom()) {
            // Those that were to leave are in use again.
            return room(version) instanceof Room.Never(String reason) ? refused(version, reason) : Outcome.LATER;
        }
        around.memory().counts().failed();
        // Perhaps its files are gone, and can be fetched again.
        around.memory().troubled().accept(version.key().name());
        String problem = around.forCallers().apply(failed.problem());
        return Outcome.failed(version.failed(problem, clock.nanoTime()));
    }

    /// Nothing is held against it: it is tried again whenever it is asked for.
    private Outcome refused(SleepingVersion version, String reason) {
        around.memory().counts().refused();
        return Outcome.refused(version.noRoom(reason));
    }
}
