package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.server.memory.Room;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings versions into memory that somebody asks for, one after the other on the loader thread. What does not fit
/// while others are in use waits until they are not, and lets pass what does.
///
/// Confined to the loader thread, but for [#wake] and [#roomMayBe].
final class OnDemandVersions {
    private static final System.Logger LOG = System.getLogger(OnDemandVersions.class.getName());

    /// Whoever asked has given up by then.
    private static final long LONGEST_WAIT_NANOS = Duration.ofMinutes(1).toNanos();

    private final ServingTable table;
    private final ServingSurroundings around;
    private final VersionMemory memory;
    private final Loading loading;
    private final NanoClock clock;

    /// One for each version at most: those who ask for it wait for the first of them.
    private final Deque<Wanted> queue = new ArrayDeque<>();

    private volatile boolean waitsForRoom;
    private final AtomicBoolean looks = new AtomicBoolean();

    /// How a version is loaded and published.
    interface Loading {
        /// @return why it does not serve, or ""
        String load(SleepingVersion version);
    }

    /// @param done to be told what became of it
    private record Wanted(ModelKey key, Consumer<@Nullable ServingException> done, long sinceNanos) {}

    OnDemandVersions(ServingTable table, ServingSurroundings around, VersionMemory memory, Loading loading) {
        this.table = table;
        this.around = around;
        this.memory = memory;
        this.loading = loading;
        this.clock = around.clock();
    }

    /// See [SleepingVersion#wake]. Any thread.
    void wake(SleepingVersion version, Consumer<@Nullable ServingException> done) {
        long nowNanos = clock.nanoTime();
        ServingException refusal = refusal(version);
        if (refusal != null) {
            done.accept(refusal);
            return;
        }
        Wanted wanted = new Wanted(version.key(), done, nowNanos);
        try {
            around.loaderThread().execute(() -> {
                queue.add(wanted);
                serveWhatFits();
            });
        } catch (RejectedExecutionException e) {
            done.accept(LoaderThread.stopping());
        }
    }

    /// @return why it is not to be loaded now, or null
    @Nullable
    ServingException refusal(SleepingVersion version) {
        return version.refusal(clock.nanoTime());
    }

    /// Somebody may leave now, or has left. Any thread.
    void roomMayBe() {
        if (!waitsForRoom || !looks.compareAndSet(false, true)) {
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

    private void serveWhatFits() {
        // Before it looks: who becomes idle from here on is seen now or has it look again.
        waitsForRoom = true;
        for (Iterator<Wanted> each = queue.iterator(); each.hasNext(); ) {
            Wanted wanted = each.next();
            Outcome outcome = guarded(wanted);
            if (outcome.isSettled()) {
                each.remove();
                wanted.done().accept(outcome.failure());
            }
        }
        waitsForRoom = !queue.isEmpty();
    }

    /// @param failure why it cannot be had; null if it is there, or not settled
    private record Outcome(boolean isSettled, @Nullable ServingException failure) {
        static final Outcome LATER = new Outcome(false, null);
        static final Outcome THERE = new Outcome(true, null);

        static Outcome failed(ServingException failure) {
            return new Outcome(true, failure);
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
        ModelKey key = wanted.key();
        VersionEntry.@Nullable Serving serving = table.entry(key.name()).serving(key.version());
        if (serving == null) {
            return Outcome.failed(new ServingException(
                    ErrorCode.NOT_READY,
                    "model '%s' version %d is out of service".formatted(key.name(), key.version())));
        }
        if (!(serving.front() instanceof SleepingVersion sleeping)) {
            return Outcome.THERE;
        }
        long bytes = memory.expected(sleeping.folder(), sleeping.settings(), key.version())
                .bytes();
        return switch (memory.makeRoom(bytes)) {
            case Room.Fits _ -> load(sleeping);
            case Room.Never(String reason) -> refused(sleeping, reason);
            case Room.Later(String reason) ->
                clock.nanoTime() - wanted.sinceNanos() < LONGEST_WAIT_NANOS
                        ? Outcome.LATER
                        : refused(sleeping, reason);
        };
    }

    private Outcome load(SleepingVersion version) {
        String problem = loading.load(version);
        if (problem.isEmpty()) {
            around.memory().counts().loaded();
            return Outcome.THERE;
        }
        around.memory().counts().failed();
        // Perhaps its files are gone, and can be fetched again.
        around.memory().troubled().accept(version.key().name());
        return Outcome.failed(version.failed(ErrorCode.NOT_READY, problem, clock.nanoTime()));
    }

    private Outcome refused(SleepingVersion version, String reason) {
        around.memory().counts().refused();
        return Outcome.failed(version.failed(ErrorCode.OVERLOADED, reason, clock.nanoTime()));
    }
}
