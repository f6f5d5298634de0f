package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Carries out plans. Immutable; several runs may go on at a time, each has threads of its own.
public final class LoadRun {
    /// How long all connections may take.
    static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    private final LongSupplier nanoClock;

    /// @param nanoClock what all times are measured with, such as `System::nanoTime`; called from several threads
    public LoadRun(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /// Carries a plan out. Blocks the calling thread until the run is over; an interrupt ends it early.
    ///
    /// @param phases told when measuring begins and ends, on the calling thread
    /// @throws LoadException if no connection can be made, or the server does not allow what the plan asks
    ///     for, or the
    ///     thread is interrupted
    public LoadResult run(LoadPlan plan, PhaseObserver phases) {
        RunGate gate = new RunGate(plan.threads());
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
            gate.awaitCounted();
            phases.measuringEnded(nanoClock.getAsLong());
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
        return result(plan, loops);
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

    private static LoadResult result(LoadPlan plan, List<EngineLoop> loops) {
        Tally sum = loops.getFirst().tally();
        for (EngineLoop loop : loops.subList(1, loops.size())) {
            sum.add(loop.tally());
        }
        Duration elapsed = switch (plan.extent()) {
            case Extent.During during -> during.measured();
            case Extent.Requests _ -> Duration.ofNanos(Math.max(1, sum.lastNanos - sum.firstNanos));
        };
        long rejected = sum.rejectedLatency.getTotalCount();
        return new LoadResult(
                plan,
                elapsed,
                sum.latency.getTotalCount(),
                Codes.named(sum.errors),
                rejected,
                sum.overflowed,
                sum.verified,
                sum.reconnects,
                sum.latency,
                sum.rejectedLatency,
                sum.sendLag,
                Duration.ofNanos(sum.cpuNanos),
                sum.bytesSent,
                sum.bytesReceived);
    }

    /// Sends the plan's first payload once and waits for the answer, whatever extent, pacing and concurrency the plan
    /// has.
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
