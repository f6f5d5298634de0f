package dev.penstock.loadtest.result;

import dev.penstock.loadtest.latency.Latencies;
import dev.penstock.loadtest.result.Steadiness.Settling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// Results whose distributions are known.
public final class Samples {
    public static final ClientUse CLIENT = new ClientUse(1, 0.31, 5.2, 0.001, 0);
    public static final ServerUse SERVER = new ServerUse(120.5, 830, 3.25, Map.of(1L, 20L, 4L, 60L, 8L, 3L), 210);

    private Samples() {}

    public static Histogram histogram() {
        return new Histogram(60_000_000_000L, 3);
    }

    /// @param windowRequests how many requests succeed in each window
    /// @param windowFailures how many fail in each window
    /// @param medianMicros of a lognormal distribution
    /// @param sigma its shape
    /// @param drift how much the logarithm of the median differs from window to window (standard
    ///     deviation)
    public record Shape(
            int windows, int windowRequests, double windowFailures, double medianMicros, double sigma, double drift) {}

    public static List<Window> windows(Shape shape, SplittableRandom random) {
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < shape.windows(); i++) {
            Histogram nanos = histogram();
            double shift = shape.drift() * random.nextGaussian();
            for (int request = 0; request < shape.windowRequests(); request++) {
                double micros = shape.medianMicros() * Math.exp(shift + shape.sigma() * random.nextGaussian());
                nanos.recordValue((long) (micros * 1e3));
            }
            long failed = 0;
            for (int request = 0; request < shape.windowRequests(); request++) {
                failed += random.nextDouble() * shape.windowRequests() < shape.windowFailures() ? 1 : 0;
            }
            windows.add(new Window(
                    Duration.ofSeconds(i),
                    Duration.ofSeconds(1),
                    (double) shape.windowRequests(),
                    shape.windowRequests(),
                    failed,
                    0,
                    Latencies.of(nanos)));
        }
        return windows;
    }

    public static StageResult stage(String name, List<Window> windows, List<Part> parts, String... notValidBecause) {
        Histogram latency = histogram();
        windows.forEach(window -> latency.add(window.latency().toHistogram()));
        long failed = windows.stream().mapToLong(Window::failed).sum();
        return new StageResult(
                name,
                "open loop, " + name + ", Poisson",
                windows.getFirst().offeredPerSecond(),
                256,
                Map.of(),
                windows.stream().map(Window::length).reduce(Duration.ZERO, Duration::plus),
                windows.stream().mapToLong(Window::succeeded).sum(),
                failed == 0 ? Map.of() : Map.of("UNAVAILABLE", failed),
                0,
                windows.stream().mapToLong(Window::overflowed).sum(),
                0,
                latency,
                histogram(),
                histogram(),
                windows,
                new Steadiness(true, 3, 0.1, Settling.NONE),
                new Validity(List.of(notValidBecause)),
                CLIENT,
                Optional.of(SERVER),
                parts);
    }

    /// The same stage, as if these had been found out.
    public static StageResult altered(
            StageResult stage, List<Window> windows, Steadiness steadiness, ClientUse client) {
        return new StageResult(
                stage.name(),
                stage.load(),
                stage.offeredPerSecond(),
                stage.concurrency(),
                stage.settings(),
                stage.elapsed(),
                stage.succeeded(),
                stage.errors(),
                stage.rejected(),
                stage.overflowed(),
                stage.verified(),
                stage.latency(),
                stage.sendLag(),
                stage.rejectedLatency(),
                windows,
                steadiness,
                stage.validity(),
                client,
                stage.server(),
                stage.parts());
    }

    /// One whose load had not come to rest when it was measured.
    public static StageResult unsettled(StageResult stage) {
        return altered(stage, stage.windows(), new Steadiness(true, 3, 0.1, Settling.TIMED_OUT), stage.client());
    }

    /// One to which nobody answered right.
    public static StageResult silent() {
        Shape shape = new Shape(3, 0, 0, 1, 0, 0);
        return stage("500/s", windows(shape, new SplittableRandom(1)), List.of());
    }

    /// One of whose requests so many waited for a place in flight.
    public static StageResult bound(StageResult stage, double waitedShare) {
        return altered(stage, stage.windows(), stage.steadiness(), new ClientUse(1, 0.31, 5.2, 0.001, waitedShare));
    }

    public static TestResult test(String name, StageResult... stages) {
        return new TestResult(
                name,
                Instant.parse("2026-03-01T10:20:30.123456789Z"),
                new Machine("A processor", 4, "Linux 6.1", "Java 25", 0.5),
                Map.of("penstock", "1.2.3", "server", "penstock 1.2.3"),
                List.of("loadtest", "-u", "localhost:8001", "-m", "digits"),
                "target: localhost:8001\nmodel: digits\n",
                Optional.of(new Slo(99, Duration.ofMillis(50), 0.001)),
                Arrays.asList(stages),
                List.of("2,000/s is the highest rate that keeps the SLO."),
                Optional.empty());
    }

    /// The same, as if a search had chosen that stage of it.
    public static TestResult chosen(TestResult result, Optional<String> stage) {
        return new TestResult(
                result.name(),
                result.at(),
                result.machine(),
                result.versions(),
                result.command(),
                result.scenario(),
                result.slo(),
                result.stages(),
                result.findings(),
                Optional.of(new Recommended(stage)));
    }

    /// Four stages that slow down as the rate grows, the last not valid; two arms.
    public static TestResult capacity(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<StageResult> stages = new ArrayList<>();
        for (int rate : List.of(500, 1000, 2000, 4000)) {
            double median = 900 + rate * 0.4;
            Shape shape = new Shape(20, rate, rate > 1000 ? 1.5 : 0, median, 0.3 + rate / 4000.0, 0.05);
            List<Part> parts = Stream.of("blue", "green")
                    .map(arm -> part(arm, shape, random))
                    .toList();
            String[] reasons = rate < 4000 ? new String[0] : new String[] {"the client was 93 % busy (at most 80 %)."};
            stages.add(stage(rate + "/s", windows(shape, random), parts, reasons));
        }
        return test("digits", stages.toArray(StageResult[]::new));
    }

    private static Part part(String arm, Shape shape, SplittableRandom random) {
        boolean green = arm.equals("green");
        double median = shape.medianMicros() * (green ? 1.2 : 1);
        int requests = shape.windowRequests() / (green ? 5 : 1);
        List<Window> windows = windows(new Shape(10, requests, 0, median, shape.sigma(), 0.05), random);
        Histogram latency = histogram();
        windows.forEach(window -> latency.add(window.latency().toHistogram()));
        OptionalDouble expected = OptionalDouble.of(green ? 0.2 : 0.8);
        return new Part("arm", arm, expected, latency.getTotalCount(), Map.of(), latency);
    }

    /// Anything that a record can hold, odd texts and missing numbers among them.
    public static TestResult anything(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StageResult[] stages =
                Stream.generate(() -> anyStage(random)).limit(random.nextInt(4)).toArray(StageResult[]::new);
        return new TestResult(
                text(random),
                Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000)),
                new Machine(text(random), 1 + random.nextInt(64), text(random), text(random), number(random)),
                Map.of(text(random), text(random)),
                List.of(text(random), text(random)),
                text(random) + "\n\t" + text(random),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(
                                new Slo(99.9, Duration.ofNanos(1 + random.nextLong(1L << 40)), random.nextDouble())),
                Arrays.asList(stages),
                random.nextBoolean() ? List.of() : List.of(text(random)),
                anyOf(
                        random,
                        List.of(
                                Optional.empty(),
                                Optional.of(new Recommended(Optional.empty())),
                                Optional.of(new Recommended(Optional.of(text(random)))))));
    }

    private static StageResult anyStage(SplittableRandom random) {
        return new StageResult(
                text(random),
                text(random),
                number(random),
                random.nextInt(1000),
                Map.of(text(random), text(random)),
                Duration.ofNanos(1 + random.nextLong(1L << 50)),
                random.nextLong(1L << 50),
                anyCounts(random),
                random.nextInt(100),
                random.nextInt(100),
                random.nextInt(100),
                anyHistogram(random),
                anyHistogram(random),
                anyHistogram(random),
                Stream.generate(() -> anyWindow(random))
                        .limit(random.nextInt(5))
                        .toList(),
                new Steadiness(
                        random.nextBoolean(),
                        random.nextInt(9),
                        random.nextDouble(),
                        anyOf(random, List.of(Settling.values()))),
                new Validity(random.nextBoolean() ? List.of() : List.of(text(random))),
                new ClientUse(1 + random.nextInt(8), number(random), number(random), number(random), number(random)),
                random.nextBoolean() ? Optional.empty() : Optional.of(anyServer(random)),
                Stream.generate(() -> anyPart(random)).limit(random.nextInt(4)).toList());
    }

    private static <T> T anyOf(SplittableRandom random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static ServerUse anyServer(SplittableRandom random) {
        Map<Long, Long> batches = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            batches.put(1 + random.nextLong(64), random.nextLong(1000));
        }
        return new ServerUse(number(random), number(random), number(random), batches, number(random));
    }

    private static Part anyPart(SplittableRandom random) {
        return new Part(
                text(random),
                random.nextBoolean() ? "" : text(random),
                random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble()),
                random.nextInt(1000),
                anyCounts(random),
                anyHistogram(random));
    }

    private static Window anyWindow(SplittableRandom random) {
        return new Window(
                Duration.ofNanos(random.nextLong(1L << 40)),
                Duration.ofNanos(1 + random.nextLong(1L << 40)),
                number(random),
                random.nextInt(1000),
                random.nextInt(1000),
                random.nextInt(1000),
                Latencies.of(anyHistogram(random)));
    }

    private static Histogram anyHistogram(SplittableRandom random) {
        Histogram nanos = histogram();
        for (int i = random.nextInt(200); i > 0; i--) {
            nanos.recordValueWithCount(random.nextLong(1L << (1 + random.nextInt(35))), 1 + random.nextInt(5));
        }
        return nanos;
    }

    private static Map<String, Long> anyCounts(SplittableRandom random) {
        return random.nextBoolean() ? Map.of() : Map.of(text(random), random.nextLong(1L << 40));
    }

    private static double number(SplittableRandom random) {
        return random.nextInt(4) == 0 ? Double.NaN : random.nextDouble() * Math.pow(10, random.nextInt(9));
    }

    private static String text(SplittableRandom random) {
        List<String> odd = List.of("<script>alert(1)</script>", "a|b", "\"quoted\", 'so'", "`x`", "ä€😀", "", "\u0001");
        return odd.get(random.nextInt(odd.size())) + random.nextInt(1000);
    }
}
