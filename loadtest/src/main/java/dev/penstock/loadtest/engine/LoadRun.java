package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Carries out plans. Immutable; several runs may go on at a time, each has threads of its own.
public final class LoadRun {
    /// How long all connections may take.
    static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    /// In how much time from now a run ends that is told to stop, so that all loops hear of it before.
    private static final long STOP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LongSupplier nanoClock;

    /// @param nanoClock what all times are measured with, such as `System::nanoTime`; called from several
    ///     threads
    public LoadRun(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /// Carries a plan out. Blocks the calling thread until the run is over; an interrupt ends it early.
    ///
    /// @param phases told when measuring begins and ends and what each window of it brought, on the
    ///     calling thread
    /// @throws LoadException if no connection can be made, or the server does not allow what the plan asks
    ///     for, or the thread is interrupted
    public LoadResult run(LoadPlan plan, PhaseObserver phases) {
        RunGate gate = new RunGate(plan.threads());
        WindowSums sums = new WindowSums(plan.threads());
        List<EngineLoop> loops = loops(plan, gate);
        List<Thread> threads = new ArrayList<>();
        for (EngineLoop loop : loops) {
            threads.add(
                    Thread.ofPlatform().name("load-", threads.size()).daemon().start(loop));
        }
        try {
            gate.awaitReady(CONNECT_PATIENCE);
            gate.open(nanoClock.getAsLong());
            gate.awaitCounting();
            phases.measuringBegan(nanoClock.getAsLong());
            follow(gate, loops, sums, phases);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("the run was interrupted", e);
        } finally {
            gate.end();
        }
        gate.throwFailure();
        return result(plan, loops, sums, elapsed(plan, gate));
    }

    /// Takes what loops hand over, until all have ended.
    private void follow(RunGate gate, List<EngineLoop> loops, WindowSums sums, PhaseObserver phases)
            throws InterruptedException {
        boolean ended = false;
        while (!ended || !sums.isComplete()) {
            WindowTally tally = gate.awaitNews();
            if (tally != null) {
                sums.add(tally);
                loops.get(tally.part).counts().windows().giveBack(tally);
            }
            // First, as a window may take longer to be looked at.
            if (!ended && gate.isCounted()) {
                ended = true;
                phases.measuringEnded(nanoClock.getAsLong());
            }
            for (LoadWindow window = sums.poll(); window != null; window = sums.poll()) {
                if (!phases.window(window)) {
                    gate.stop(nanoClock.getAsLong() + STOP_NANOS);
                }
            }
        }
    }

    private List<EngineLoop> loops(LoadPlan plan, RunGate gate) {
        List<EngineLoop> loops = new ArrayList<>();
        try {
            for (int i = 0; i < plan.threads(); i++) {
                loops.add(new EngineLoop(plan, gate, nanoClock, i));
            }
        } catch (IOException e) {
            loops.forEach(EngineLoop::close);
            throw new LoadException("no selector could be opened", e);
        }
        IntFunction<Connection> connection = connections(plan, loops);
        for (int i = 0; i < plan.connections(); i++) {
            loops.get(i % loops.size()).add(connection.apply(i % loops.size()));
        }
        return loops;
    }

    /// @return what makes a connection of that loop
    private static IntFunction<Connection> connections(LoadPlan plan, List<EngineLoop> loops) {
        return switch (plan.protocol()) {
            case HTTP -> {
                HttpRequests requests = new HttpRequests(plan);
                yield loop -> new HttpConnection(loops.get(loop), plan, requests);
            }
            case GRPC_UNARY, GRPC_STREAM -> {
                H2Requests requests = new H2Requests(plan);
                yield loop -> new H2Connection(loops.get(loop), plan, requests);
            }
        };
    }

    /// @return how long requests were begun; negative if that is for the answers to say
    private static Duration elapsed(LoadPlan plan, RunGate gate) {
        if (!(plan.extent() instanceof Extent.During(Duration warmUp, Duration measured))) {
            return Duration.ofNanos(-1);
        }
        long stopped = gate.stopNanos() - gate.startNanos() - warmUp.toNanos();
        return gate.isStopped() ? Duration.ofNanos(Math.min(stopped, measured.toNanos())) : measured;
    }

    private static Map<String, Long> lost(List<EngineLoop> loops) {
        Map<String, Long> lost = new TreeMap<>();
        loops.forEach(loop -> loop.lostBecause().forEach((reason, times) -> lost.merge(reason, times, Long::sum)));
        return lost;
    }

    private static LoadResult result(LoadPlan plan, List<EngineLoop> loops, WindowSums sums, Duration elapsed) {
        Tally sum = loops.getFirst().tally();
        for (EngineLoop loop : loops.subList(1, loops.size())) {
            sum.add(loop.tally());
        }
        Histogram latency = sums.latency();
        long rejected = sum.rejectedLatency.getTotalCount();
        Duration time = elapsed.isNegative() ? Duration.ofNanos(Math.max(1, sum.lastNanos - sum.firstNanos)) : elapsed;
        return new LoadResult(
                plan,
                time,
                latency.getTotalCount(),
                Codes.named(sum.errors),
                rejected,
                sums.overflowed(),
                sum.verified,
                lost(loops),
                latency,
                sum.rejectedLatency,
                sum.sendLag,
                sum.clientLag,
                sum.placeWait,
                sum.serviceTime,
                Math.min(1, (double) sum.busyNanos / (double) Math.max(1, time.toNanos())),
                Duration.ofNanos(sum.cpuNanos),
                sum.bytesSent,
                sum.bytesReceived,
                sums.windows(),
                Parts.sum(loops.stream().map(loop -> loop.counts().parts()).toList()));
    }

    /// Sends the plan's first payload once and waits for the answer, whatever extent, pacing and concurrency
    /// the plan has.
    ///
    /// @return the message (gRPC) or the body (HTTP)
    /// @throws LoadException if there is no answer or it is an error
    public byte[] ask(LoadPlan plan) {
        AtomicReference<byte @Nullable []> seen = new AtomicReference<>();
        Payload payload = plan.payloads().getFirst().expecting(answer -> keep(answer, seen));
        LoadPlan question = plan.but()
                .payloads(List.of(payload))
                .connections(1)
                .streams(1)
                .inFlight(1)
                .threads(1)
                .pacing(new Pacing.ClosedLoop())
                .extent(new Extent.Requests(0, 1))
                .build();
        LoadResult result = run(question, PhaseObserver.NONE);
        byte[] answer = seen.get();
        if (answer == null || result.succeeded() != 1) {
            throw new LoadException(
                    "the answer to " + payload.path() + ": " + result.errors().keySet() + " (expected: OK)");
        }
        return answer;
    }

    private static boolean keep(ByteBuffer answer, AtomicReference<byte @Nullable []> seen) {
        byte[] bytes = new byte[answer.remaining()];
        answer.get(bytes);
        seen.set(bytes);
        return true;
    }
}
