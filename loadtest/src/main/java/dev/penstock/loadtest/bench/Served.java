package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.Extent;
import dev.penstock.loadtest.engine.LoadPlan;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.LoadRun;
import dev.penstock.loadtest.engine.Pacing;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.engine.PhaseObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A server that is asked for a subject in one way.
public final class Served implements Contestant {
    private static final long ANY_LENGTH = -1;
    private static final int MAX_WAITING = 1 << 20;
    /// What waits in the client longer than moments says nothing about a server that is asked for too much.
    private static final int FEW_WAITING = 256;
    private static final String CALLER = "x-penstock-caller";
    /// The code of answers that are not right.
    public static final String WRONG = "WRONG_ANSWER";

    private static final long SEED = 3;
    private static final int TRIES = 4;
    /// Long enough to be met; servers have it to carry and to look at.
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /// Nobody looks at pieces of a turn.
    private static final Duration WHOLE_TURN = Duration.ofHours(1);

    private final LoadRun generator;
    private final Server server;
    private final Subject subject;
    private final Wire wire;
    private final Load load;
    private final LoadPlan plan;

    /// Asks for every variant once, and holds every later answer to the right ones.
    ///
    /// @throws BenchException if an answer is wrong
    Served(LoadRun generator, Server server, Subject subject, Wire wire, Load load, Expected expected) {
        this.generator = generator;
        this.server = server;
        this.subject = subject;
        this.wire = wire;
        this.load = load;
        List<float[]> right = expected.of(subject);
        List<Payload> payloads = new ArrayList<>();
        for (int variant = 0; variant < right.size(); variant++) {
            payloads.add(Requests.of(subject, variant, wire));
        }
        LoadPlan plain =
                LoadPlan.to(server.address(wire), wire.protocol(), payloads).build();
        byte[] answer = generator.ask(plain);
        expected.check(server.name(), subject, 0, wire, ByteBuffer.wrap(answer));
        long bytes = wire == Wire.JSON ? ANY_LENGTH : answer.length;
        for (int variant = 0; variant < right.size(); variant++) {
            payloads.set(variant, payloads.get(variant).expecting(Answers.near(wire, right.get(variant), bytes)));
        }
        LoadPlan.Builder builder = plain.but();
        if (wire == Wire.GRPC) {
            builder.deadline(DEADLINE);
        }
        this.plan = builder.payloads(payloads)
                .connections(load.connections())
                .streams(load.streams())
                .inFlight(load.inFlight())
                .verifyEvery(subject.checkEvery())
                .window(WHOLE_TURN)
                .build();
        // The first answer to each is compared.
        ask(right.size());
    }

    @Override
    public Child process() {
        return server.child();
    }

    private Served(Served other, LoadPlan plan) {
        this.generator = other.generator;
        this.server = other.server;
        this.subject = other.subject;
        this.wire = other.wire;
        this.load = other.load;
        this.plan = plan;
    }

    /// The same, asked in the name of a caller.
    Served by(String caller) {
        return new Served(this, plan.but().headers(Map.of(CALLER, caller)).build());
    }

    @Override
    public Cell cell() {
        return Cell.begin(subject.name() + " " + subject.dims(), wire + " " + load, server.name());
    }

    @Override
    public void warmUp(Tempo tempo) {
        Warming warming = new Warming(tempo.inVain());
        boolean warmer = warming.gains(closedLoop(Duration.ZERO, tempo.warmUp()).cpuMicros());
        // Compilers take the servers' only core, too, and longer if others want it.
        while (tempo.isFirst() && warmer) {
            warmer = warming.gains(closedLoop(Duration.ZERO, tempo.measured()).cpuMicros());
        }
    }

    @Override
    public Sample measure(Duration begin, Duration measured) {
        return closedLoop(begin, measured);
    }

    /// Asks at that rate, whatever the answers do; what cannot be sent soon is not sent.
    ///
    /// @param deadline that the server is told; more than that an answer is worth nothing
    LoadResult atRate(double perSecond, Duration begin, Duration measured, Duration deadline) {
        return generator.run(
                openLoop(perSecond, FEW_WAITING, begin, measured)
                        .deadline(deadline)
                        .build(),
                PhaseObserver.NONE);
    }

    /// Asks once, rests, and asks again.
    LoadResult politely(Duration rest, Duration begin, Duration measured) {
        return answered(generator.run(
                plan.but()
                        .pacing(new Pacing.Resting(rest))
                        .extent(new Extent.During(begin, measured))
                        .build(),
                PhaseObserver.NONE));
    }

    /// Asks again at every answer, for that time.
    ///
    /// @param flows told on this thread when requests are under way
    LoadResult greedily(Duration time, Runnable flows) {
        LoadPlan plenty =
                plan.but().extent(new Extent.During(Duration.ZERO, time)).build();
        return answered(generator.run(plenty, new PhaseObserver() {
            @Override
            public void measuringBegan(long nowNanos) {
                flows.run();
            }

            @Override
            public void measuringEnded(long nowNanos) {}
        }));
    }

    private LoadResult answered(LoadResult result) {
        if (result.succeeded() == 0) {
            throw new BenchException(server.name() + " gave no right answer; errors " + result.errors());
        }
        return result;
    }

    /// Asks at that rate; latency counts from when a request was due.
    public Sample sampleAtRate(double perSecond, Duration begin, Duration measured) {
        return sample(openLoop(perSecond, MAX_WAITING, begin, measured).build())
                .orElseThrow(() -> new BenchException(server.name() + " gives no answers"));
    }

    private LoadPlan.Builder openLoop(double perSecond, int maxWaiting, Duration begin, Duration measured) {
        return plan.but()
                .pacing(new Pacing.OpenLoop(perSecond, Pacing.Spacing.POISSON, maxWaiting, SEED))
                .extent(new Extent.During(begin, measured));
    }

    /// Asks as often as given, for counts that are taken before and after.
    void ask(long requests) {
        LoadPlan counted = plan.but().extent(new Extent.Requests(0, requests)).build();
        LoadResult result = generator.run(counted, PhaseObserver.NONE);
        if (result.succeeded() != requests) {
            throw new BenchException(server.name() + ": " + result.succeeded() + " of " + requests
                    + " answers were right; errors " + result.errors());
        }
    }

    /// A machine that does so much else that no answer comes in the time is given more.
    private Sample closedLoop(Duration begin, Duration measured) {
        Duration longer = measured;
        for (int tries = 1; tries < TRIES; tries++) {
            Optional<Sample> sample = tryClosedLoop(begin, longer);
            if (sample.isPresent()) {
                return sample.get();
            }
            longer = longer.multipliedBy(2);
        }
        return tryClosedLoop(begin, longer).orElseThrow(() -> new BenchException(server.name() + " gives no answers"));
    }

    private Optional<Sample> tryClosedLoop(Duration begin, Duration measured) {
        return sample(plan.but().extent(new Extent.During(begin, measured)).build());
    }

    /// @return empty if no answer was right and none was wrong
    private Optional<Sample> sample(LoadPlan order) {
        CpuWindow window = new CpuWindow(server.cpu());
        LoadResult result = generator.run(order, window);
        if (result.succeeded() + result.failed() == 0) {
            return Optional.empty();
        }
        if (result.succeeded() == 0 || result.errors().containsKey(WRONG)) {
            throw new BenchException(server.name() + " gives " + result.succeeded() + " right answers to "
                    + subject.name() + " by " + wire + "; errors " + result.errors());
        }
        return Optional.of(Sample.of(result, window.nanos()));
    }
}
