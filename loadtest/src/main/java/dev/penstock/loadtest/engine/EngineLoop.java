package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One thread and its connections: waits for sockets, takes answers and begins requests. The thread that
/// calls [#run] owns everything in here.
final class EngineLoop implements Runnable {
    private static final int INPUT_BYTES = 256 * 1024;
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /// How long a run whose end is counted in requests goes on without any connection.
    private static final long ALONE_NANOS = LoadRun.CONNECT_PATIENCE.toNanos();

    /// Sleeping is exact to about a millisecond; what is due sooner is waited for awake in an open loop.
    private static final long AWAKE_NANOS = 2 * NANOS_PER_MILLI;

    private final LoadPlan plan;
    private final LongSupplier nanoClock;
    private final RunGate gate;
    private final Selector selector;
    private final SocketWait sockets;
    private final List<Connection> connections = new ArrayList<>();
    private final LostConnections lost = new LostConnections();
    private final Counts counts;
    private final Limits limits;
    private final long sweepEveryNanos;
    private final int part;
    private final Measuring measuring;
    private ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
    private long now;

    private long sweptNanos;
    private long aliveNanos;

    /// Null until the run begins.
    private @Nullable Dispatcher dispatcher;

    private boolean stopped;
    private int readyCount;

    /// @param part which of the plan's threads this is
    EngineLoop(LoadPlan plan, RunGate gate, LongSupplier nanoClock, int part) throws IOException {
        this.plan = plan;
        this.gate = gate;
        this.nanoClock = nanoClock;
        this.selector = Selector.open();
        this.sockets = new SocketWait(selector, nanoClock, EngineLoop::handle);
        this.part = part;
        this.limits = Limits.of(plan);
        this.sweepEveryNanos = limits.sweepNanos();
        this.counts = new Counts(plan, gate, part);
        this.measuring = new Measuring(plan.pacing() instanceof Pacing.Open, gate, counts, sockets);
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    @Override
    public void run() {
        try (selector) {
            tick();
            connections.forEach(connection -> connection.connect(now));
            while (!gate.isOver() && !turn()) {
                // Each turn waits.
            }
            tick();
            counts.windows().finish(now);
        } catch (LoadException e) {
            gate.fail(e);
        } catch (IOException e) {
            gate.fail(new LoadException("waiting for sockets failed", e));
        } catch (RuntimeException | Error e) {
            gate.fail(new LoadException("the engine failed", e));
            throw e;
        } finally {
            connections.forEach(Connection::close);
        }
    }

    /// @return whether all is done
    private boolean turn() throws IOException {
        await();
        tick();
        Dispatcher dispatching = dispatcher();
        if (dispatching != null) {
            measuring.begin(dispatching.course(), now);
            dispatching.dispatch(now);
            measuring.begin(dispatching.course(), now);
            measuring.end(dispatching.course(), now);
        }
        if (now - sweptNanos >= sweepEveryNanos) {
            sweep();
        }
        if (!lost.isEmpty()) {
            lost.connectDue(now);
        }
        return dispatching != null
                && measuring.isOver()
                && (dispatching.outstanding() == 0 || givesUpRest(dispatching));
    }

    /// Reads the clock, and lets what ends at a time end before anything else happens.
    private void tick() {
        now = nanoClock.getAsLong();
        Windows windows = counts.windows();
        Dispatcher dispatching = dispatcher;
        if (dispatching == null) {
            return;
        }
        if (!stopped && gate.isStopped()) {
            stopped = true;
            dispatching.course().stop(gate.stopNanos());
            windows.endBy(dispatching.course().countedToNanos(now));
        }
        while (windows.isOver(now)) {
            dispatching.takeArrivals(windows.toNanos() - 1, now);
            windows.next();
        }
    }

    private void await() throws IOException {
        long from = nanoClock.getAsLong();
        long patience = dispatcher == null ? sweepEveryNanos : dispatcher.patienceNanos(from, sweepEveryNanos);
        if (!(plan.pacing() instanceof Pacing.Open)) {
            // Nothing is due at a time that has to be met.
            sockets.sleep(from, Math.max(1, Math.ceilDiv(patience, NANOS_PER_MILLI)));
        } else if (patience >= AWAKE_NANOS) {
            sockets.sleep(from, TimeUnit.NANOSECONDS.toMillis(patience) - 1);
        } else {
            sockets.look(from, patience <= 0);
        }
    }

    private static void handle(SelectionKey key) {
        if (key.isValid() && key.attachment() instanceof Connection connection) {
            connection.handle(key);
        }
    }

    private @Nullable Dispatcher dispatcher() {
        if (dispatcher == null && gate.isOpen()) {
            sweptNanos = now;
            aliveNanos = now;
            dispatcher = new Dispatcher(plan, part, connections, gate.startNanos(), counts, limits);
            for (Connection connection : connections) {
                dispatcher.ready(connection, now);
            }
        }
        return dispatcher;
    }

    private boolean givesUpRest(Dispatcher dispatching) {
        if (now - measuring.overNanos() < plan.timeout().toNanos()) {
            return false;
        }
        sweep();
        dispatching.giveUpRest(now);
        return true;
    }

    private void sweep() {
        sweptNanos = now;
        for (Connection connection : connections) {
            connection.sweep(now);
            aliveNanos = connection.isReady() ? now : aliveNanos;
        }
        if (dispatcher != null && plan.extent() instanceof Extent.Requests && now - aliveNanos > ALONE_NANOS) {
            throw new LoadException(
                    "no connection to " + plan.target() + " could be made for " + LoadRun.CONNECT_PATIENCE);
        }
    }

    /// For a loop that was not run.
    void close() {
        try {
            selector.close();
        } catch (IOException _) {
            // It was never used.
        }
    }

    // What connections ask for.

    Selector selector() {
        return selector;
    }

    InetSocketAddress target() {
        return plan.target();
    }

    Tally tally() {
        return counts.tally();
    }

    Limits limits() {
        return limits;
    }

    Counts counts() {
        return counts;
    }

    long now() {
        tick();
        return now;
    }

    /// When the clock was read last.
    long lastNow() {
        return now;
    }

    /// An empty buffer for what a socket has, used up before the next is asked for.
    ///
    /// @param rest how much is left over from before
    ByteBuffer input(int rest) {
        if (input.capacity() < rest + INPUT_BYTES / 2) {
            input = ByteBuffer.allocateDirect(rest + INPUT_BYTES);
        }
        return input.clear();
    }

    void ready(Connection connection) {
        if (dispatcher != null) {
            dispatcher.ready(connection, now);
        } else if (++readyCount == connections.size()) {
            gate.ready();
        }
    }

    /// It is to be made anew.
    ///
    /// @throws LoadException if the run has not started yet
    void lost(Connection connection, Exception cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (dispatcher == null) {
            throw new LoadException("no connection to " + plan.target() + ": " + reason, cause);
        }
        lost.add(connection, reason);
    }

    /// Why connections were lost or could not be made anew, and how often.
    Map<String, Long> lostBecause() {
        return lost.reasons();
    }

    void answered(Connection connection, Slot slot, int code, boolean verified, long nowNanos) {
        if (dispatcher != null) {
            dispatcher.answered(connection, slot, code, verified, nowNanos);
        }
    }

    void handedBack(Slot slot) {
        if (dispatcher != null) {
            dispatcher.handedBack(slot, now);
        }
    }
}
