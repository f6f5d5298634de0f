package dev.penstock.server.shadow;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.batching.Background;
import dev.penstock.router.RequestTap;
import dev.penstock.router.RouteTable;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.shadow.ShadowTally;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.fast.FastTap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Copies of requests that wait for shadow arms, and what they said. One thread asks the shadows, behind
/// whatever else wants a processor, so that it gets what callers leave, and no more of it than it may.
/// Thread-safe; nothing blocks but [#close].
public final class Shadows implements RequestTap, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Shadows.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// How long the thread sleeps when it finds nothing, at first and at most, before it has to be woken: that
    /// costs whoever answers callers more than the copy does.
    private static final long SHORTEST_NAP_NANOS = 1_000_000;

    private static final long LONGEST_NAP_NANOS = 128_000_000;

    private static final VarHandle RESTING = resting();

    /// Copies that are taken at once: those of the same rows are asked together.
    private static final int MOST_TAKEN = 512;

    /// However often others want its processor, the thread looks for copies so often before one has expired.
    private static final int LOOKS_IN_A_LIFE = 4;

    /// Of versions that are no shadows any more, the counts of some are kept.
    private static final int MOST_TALLIES = 256;

    private final ShadowRoom room;
    private final NanoClock clock;
    private final Queue<ShadowCopy> waiting = new ConcurrentLinkedQueue<>();
    private final Map<ShadowKey, ShadowTally> tallies = new ConcurrentHashMap<>();
    private final ToIntFunction<ModelKey> queued;
    private final RowRunners rows;
    private final int runner;
    private final ShadowSettings settings;
    private volatile Supplier<RouteTable> table = () -> RouteTable.EMPTY;
    private volatile @Nullable Thread thread;
    private volatile boolean closing;

    /// Whether the thread sleeps until it is woken.
    private volatile boolean resting;

    private static VarHandle resting() {
        try {
            return MethodHandles.lookup().findVarHandle(Shadows.class, "resting", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// @param queued how many requests of callers wait for a version
    /// @param rows what this one's thread runs batches with
    /// @param runner of every model, that belongs to this one's thread
    public Shadows(
            ShadowSettings settings, ToIntFunction<ModelKey> queued, RowRunners rows, int runner, NanoClock clock) {
        this.settings = settings;
        this.queued = queued;
        this.rows = rows;
        this.runner = runner;
        this.clock = clock;
        this.room = new ShadowRoom(settings.maxCopies(), settings.maxBytes());
    }

    /// Starts the thread; before that, nothing is copied. Once.
    ///
    /// @param routes those of the moment
    public Shadows start(Supplier<RouteTable> routes) {
        table = routes;
        thread = Background.start("shadow", () -> {
            NanoClock busy = NanoClock.ofThisThread();
            ShadowRest rest = new ShadowRest(
                    settings.cpuShare(),
                    settings.maxAge().toNanos() / LOOKS_IN_A_LIFE,
                    clock,
                    busy,
                    () -> closing,
                    nanos -> LockSupport.parkNanos(this, nanos),
                    room);
            work(runner(routes, busy, rest), rest);
        });
        return this;
    }

    /// @param busy tells for how long the shadows' thread had a processor
    private ShadowRunner runner(Supplier<RouteTable> routes, NanoClock busy, ShadowRest rest) {
        Pressure pressure = new Pressure(queued, settings.maxAge().toNanos(), clock);
        RunTools tools = new RunTools(pressure, busy, new Comparers());
        LoneRuns alone = new LoneRuns(routes, runner, tools);
        BatchRuns batches = new BatchRuns(rows, tools, alone);
        return new ShadowRunner(batches, alone, rest, this::tally);
    }

    /// Sees whether somebody is to be asked the same.
    @Override
    public ReplySink around(InferenceRequest request, @Nullable BoundRoute route, ReplySink sink) {
        return route == null || route.shadows().isEmpty()
                ? sink
                : new ShadowSink(this, route, request, sink, clock.nanoTime());
    }

    /// Sees the same on the fast path.
    ///
    /// @return null for nobody
    public @Nullable FastTap of(BoundRoute route) {
        return route.shadows().isEmpty() ? null : new ShadowTap(this, route);
    }

    /// Takes room for a copy; if there is none, that is counted.
    ///
    /// @param bytes that it holds, about
    boolean takeRoom(List<ShadowTarget> targets, long bytes) {
        boolean taken = room.tryTake(bytes);
        if (!taken) {
            dropped(targets, ShadowDrop.FULL);
        }
        return taken;
    }

    /// A copy that had room could not be made.
    void lost(List<ShadowTarget> targets, long bytes, Throwable why) {
        LOG.log(System.Logger.Level.DEBUG, "a request could not be copied", why);
        room.give(bytes);
        dropped(targets, ShadowDrop.FULL);
    }

    /// The primary failed.
    void unanswered(List<ShadowTarget> targets) {
        dropped(targets, ShadowDrop.UNANSWERED);
    }

    /// Gives back what a copy took that will not be.
    void give(long bytes) {
        room.give(bytes);
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    private void dropped(List<ShadowTarget> targets, ShadowDrop why) {
        for (int i = 0; i < targets.size(); i++) {
            tally(targets.get(i).key()).dropped(why);
        }
    }

    /// @param copy whose bytes were taken; given back from here
    void offer(ShadowCopy copy) {
        waiting.add(copy);
        if (resting && RESTING.compareAndSet(this, true, false)) {
            LockSupport.unpark(thread);
        }
    }

    private ShadowTally tally(ShadowKey key) {
        // Event loops come here as well: they are to wait for nobody, least of all for this thread.
        ShadowTally known = tallies.get(key);
        return known == null ? tallies.computeIfAbsent(key, _ -> new ShadowTally()) : known;
    }

    private void work(ShadowRunner asking, ShadowRest rest) {
        long napNanos = SHORTEST_NAP_NANOS;
        List<ShadowCopy> taken = new ArrayList<>(MOST_TAKEN);
        while (!closing) {
            take(taken);
            if (taken.isEmpty()) {
                napNanos = rest(rest, napNanos);
            } else {
                run(asking, taken);
                // What comes meanwhile is run together.
                napNanos = waiting.isEmpty() ? rest(rest, SHORTEST_NAP_NANOS) : SHORTEST_NAP_NANOS;
            }
        }
    }

    private void take(List<ShadowCopy> into) {
        into.clear();
        ShadowCopy copy = waiting.poll();
        while (copy != null) {
            into.add(copy);
            copy = into.size() < MOST_TAKEN ? waiting.poll() : null;
        }
    }

    /// Sleeps, longer and longer, and at last until there is something.
    ///
    /// @return for how long the next time
    private long rest(ShadowRest rest, long napNanos) {
        if (napNanos <= LONGEST_NAP_NANOS) {
            rest.sleep(napNanos);
            return 2 * napNanos;
        }
        rest.await(this::awaitCopies);
        return SHORTEST_NAP_NANOS;
    }

    private void awaitCopies() {
        resting = true;
        // What was offered before that is seen here, and what comes later wakes this thread.
        while (resting && waiting.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        resting = false;
    }

    private void run(ShadowRunner asking, List<ShadowCopy> copies) {
        try {
            asking.run(copies);
        } catch (RuntimeException | Error e) {
            // These copies are lost; the thread goes on.
            LOG.log(System.Logger.Level.WARNING, "copies of requests could not be compared", e);
        } finally {
            copies.forEach(copy -> room.give(copy.bytes()));
        }
        if (tallies.size() > MOST_TALLIES) {
            forgetOthers();
        }
    }

    /// Keeps what the routes of the moment have.
    private void forgetOthers() {
        Set<ShadowKey> known = new HashSet<>();
        for (BoundRoute route : table.get().routes()) {
            ShadowPick.all(route).forEach(target -> known.add(target.key()));
        }
        tallies.keySet().retainAll(known);
    }

    /// What copies said up to now.
    public Map<ShadowKey, ShadowCounts> counts() {
        Map<ShadowKey, ShadowCounts> counts = new HashMap<>();
        tallies.forEach((key, tally) -> counts.put(key, tally.counts()));
        return counts;
    }

    /// What copies of one route's requests said up to now.
    public Map<ShadowKey, ShadowCounts> counts(String route) {
        Map<ShadowKey, ShadowCounts> counts = new HashMap<>();
        tallies.forEach((key, tally) -> {
            if (key.route().equals(route)) {
                counts.put(key, tally.counts());
            }
        });
        return counts;
    }

    /// Of copies that are under way or wait.
    public long waitingBytes() {
        return room.bytes();
    }

    /// The same, how many there are.
    public int waiting() {
        return room.copies();
    }

    /// Ends the thread, after the copies that run; what waits is given up. Before the models are closed.
    @Override
    public void close() {
        closing = true;
        Thread started = thread;
        LockSupport.unpark(started);
        try {
            if (started != null && !started.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "{0} does not end", started.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (ShadowCopy left = waiting.poll(); left != null; left = waiting.poll()) {
            room.give(left.bytes());
        }
    }
}
