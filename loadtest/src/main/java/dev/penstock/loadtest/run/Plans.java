package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.ArrivalTimes;
import dev.penstock.loadtest.engine.Extent;
import dev.penstock.loadtest.engine.LoadPlan;
import dev.penstock.loadtest.engine.Pacing;
import dev.penstock.loadtest.engine.Pacing.Spacing;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.engine.PayloadOrder;
import dev.penstock.loadtest.engine.Protocol;
import dev.penstock.loadtest.scenario.Connecting;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.MixEntry;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.scenario.ScenarioError;
import dev.penstock.loadtest.scenario.Tempo;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Makes the engine's plans of a scenario's loads. Reads the files of recorded arrivals, nothing else.
final class Plans {
    /// Headers of answers that tell who answered, and the kind of part that each makes.
    static final Map<String, String> BREAKDOWN =
            Map.of("x-penstock-version", "version", "x-penstock-arm", "arm", Plans.MODEL, "model");

    static final String MODEL = "x-penstock-model";

    private static final int MIN_WAITING = 1000;
    private static final int MAX_WAITING = 1 << 20;
    private static final double WAITING_SECONDS = 10;
    private static final Duration AFTER_LAST = Duration.ofMillis(1);

    private final Scenario scenario;
    private final InetSocketAddress address;
    private final List<Payload> payloads;

    Plans(Scenario scenario, InetSocketAddress address, List<Payload> payloads) {
        this.scenario = scenario;
        this.address = address;
        this.payloads = payloads;
    }

    /// How one load is measured, and what goes before it.
    ///
    /// @param before not counted; ends when it is at rest
    /// @param hasBefore whether anything goes before it
    record Course(LoadPlan before, boolean hasBefore, LoadPlan measured) {
        /// What of the measured plan itself is not counted.
        Duration warmUp() {
            return measured.extent() instanceof Extent.During(Duration warmUp, Duration _) ? warmUp : Duration.ZERO;
        }
    }

    /// @param tempo instead of the scenario's
    /// @throws ScenarioError if the load cannot be, naming what is wrong with it
    Course of(Load load, Tempo tempo) {
        try {
            return course(load, tempo);
        } catch (IllegalArgumentException e) {
            // What the engine cannot do is the scenario's mistake, not the program's.
            throw new ScenarioError(load.name() + ": " + e.getMessage());
        }
    }

    /// @throws ScenarioError as [#of] does
    void check(Load load, Tempo tempo) {
        var _ = of(load, tempo);
    }

    private Course course(Load load, Tempo tempo) {
        Protocol protocol = scenario.protocol().wire();
        Connecting asked = scenario.connecting();
        Places places = load instanceof Load.Closed(int concurrency)
                ? Places.closed(concurrency, protocol, asked)
                : Places.open(protocol, asked);
        LoadPlan.Builder builder = LoadPlan.to(address, protocol, payloads)
                .connections(places.connections())
                .streams(places.streams())
                .inFlight(places.inFlight())
                .threads(Math.min(asked.threads(), places.connections()))
                .timeout(asked.timeout())
                // Every wrong answer is an error; what has no check costs nothing.
                .verifyEvery(1)
                .window(tempo.window())
                .breakdown(breakdown(protocol))
                .order(order())
                .seed(scenario.seed());
        asked.deadline().ifPresent(builder::deadline);
        Pacing pacing = pacing(load);
        Duration warmUp = load instanceof Load.Replay ? Duration.ZERO : tempo.warmUp();
        boolean before = !(load instanceof Load.Replay)
                && (tempo.settle().isPresent() || (tempo.length() instanceof Tempo.Requests && !warmUp.isZero()));
        LoadPlan measured = builder.pacing(pacing)
                .extent(extent(load, pacing, before ? Duration.ZERO : warmUp, tempo))
                .build();
        if (!before) {
            return new Course(measured, false, measured);
        }
        Extent settling = tempo.settle()
                .<Extent>map(most -> new Extent.During(warmUp, most))
                .orElseGet(() -> new Extent.During(Duration.ZERO, warmUp));
        return new Course(measured.but().pacing(steady(pacing)).extent(settling).build(), true, measured);
    }

    private static List<String> breakdown(Protocol protocol) {
        // Headers of a stream say nothing about its answers.
        return protocol == Protocol.GRPC_STREAM
                ? List.of()
                : BREAKDOWN.keySet().stream().sorted().toList();
    }

    private PayloadOrder order() {
        return scenario.mix().size() == 1
                ? new PayloadOrder.InTurn()
                : new PayloadOrder.Weighted(
                        scenario.mix().stream().collect(Collectors.toMap(MixEntry::name, MixEntry::weight)));
    }

    private static Extent extent(Load load, Pacing pacing, Duration warmUp, Tempo tempo) {
        if (load instanceof Load.Ramp ramp) {
            return new Extent.During(warmUp, ramp.over());
        }
        if (pacing instanceof Pacing.Recorded(ArrivalTimes times, boolean repeated, int _) && !repeated) {
            return new Extent.During(Duration.ZERO, times.length().plus(AFTER_LAST));
        }
        return switch (tempo.length()) {
            case Tempo.For(var time) -> new Extent.During(warmUp, time);
            case Tempo.Requests(long count) -> new Extent.Requests(0, count);
        };
    }

    private Pacing pacing(Load load) {
        return switch (load) {
            case Load.Closed _ -> new Pacing.ClosedLoop();
            case Load.Rate(double perSecond, Spacing arrivals) ->
                new Pacing.OpenLoop(perSecond, arrivals, waiting(perSecond), scenario.seed());
            case Load.Ramp ramp ->
                new Pacing.Ramp(
                        ramp.fromPerSecond(),
                        ramp.toPerSecond(),
                        ramp.over(),
                        ramp.arrivals(),
                        waiting(Math.max(ramp.fromPerSecond(), ramp.toPerSecond())),
                        scenario.seed());
            case Load.Replay replay -> {
                ArrivalTimes times = ArrivalFile.read(replay.file());
                double seconds = Math.max(1e-3, (double) times.length().toNanos() / 1e9);
                yield new Pacing.Recorded(times, replay.repeated(), waiting(times.count() / seconds));
            }
        };
    }

    /// What goes before a ramp is where it begins.
    private static Pacing steady(Pacing pacing) {
        return pacing instanceof Pacing.Ramp ramp && ramp.fromPerSecond() > 0
                ? new Pacing.OpenLoop(ramp.fromPerSecond(), ramp.spacing(), ramp.maxWaiting(), ramp.seed())
                : pacing;
    }

    private int waiting(double perSecond) {
        return scenario.connecting().maxWaiting().orElseGet(() ->
                (int) Math.clamp(WAITING_SECONDS * perSecond, MIN_WAITING, MAX_WAITING));
    }
}
