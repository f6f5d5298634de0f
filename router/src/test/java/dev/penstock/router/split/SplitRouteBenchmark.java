package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.penstock.router.arms.ArmObservers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a route adds to a request on the fast path: its headers looked at, its unit hashed, its arm found,
/// and its observer's arguments taken apart. Each call is of another unit.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@OperationsPerInvocation(SplitRouteBenchmark.CALLS)
public class SplitRouteBenchmark {
    static final int CALLS = 64;

    private final List<Facts> calls = new ArrayList<>();
    private final BoundRoute plain = bound(route());
    private final BoundRoute conditional = bound(route().withMatch(
                    List.of(new Condition(Condition.Kind.HEADER, "x-country", Condition.Test.PREFIX, "de")))
            .withOverrides(List.of(new OverrideSpec(List.of(Condition.header("x-canary", "1")), "canary"))));

    /// As a door finds kept headers: by the place of their name in a list.
    private record Facts(List<String> names, List<Latin> values) implements RequestFacts {
        @Override
        public @Nullable CharSequence header(String name) {
            int index = names.indexOf(name);
            return index < 0 ? null : values.get(index);
        }
    }

    /// Text as it lies in a header block.
    private static final class Latin implements CharSequence {
        private final byte[] bytes;

        Latin(String text) {
            bytes = text.getBytes(ISO_8859_1);
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public char charAt(int index) {
            return (char) (bytes[index] & 0xff);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return toString().substring(start, end);
        }

        @Override
        public String toString() {
            return new String(bytes, ISO_8859_1);
        }
    }

    private static RouteSpec route() {
        return RouteSpec.of("fraud-score", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 500, 5_000)));
    }

    private static BoundRoute bound(RouteSpec spec) {
        return BoundRoute.of(SplitRoute.of(spec), _ -> null, ArmObservers.NONE);
    }

    @Setup
    public void fill() {
        List<String> names = List.of("x-penstock-caller", "x-penstock-unit", "x-canary", "x-country");
        for (int i = 0; i < CALLS; i++) {
            // As long as a UUID.
            String unit = "3b241101-e2bb-4255-8caf-4136c566a9%02d".formatted(i);
            calls.add(new Facts(
                    names, List.of(new Latin("team-a"), new Latin(unit), new Latin("0"), new Latin("de-BY"))));
        }
    }

    @Benchmark
    public long sticky() {
        return placeAll(plain);
    }

    @Benchmark
    public long stickyWithConditions() {
        return placeAll(conditional);
    }

    @Benchmark
    public long withoutUnit() {
        long sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += told(plain, plain.place(RequestFacts.NONE));
        }
        return sum;
    }

    private long placeAll(BoundRoute route) {
        long sum = 0;
        for (int i = 0; i < CALLS; i++) {
            sum += told(route, route.place(calls.get(i)));
        }
        return sum;
    }

    private static long told(BoundRoute route, long place) {
        route.arm(place).observer().ended(Place.reason(place), Place.bucket(place), Place.hash2(place), null, 1_000);
        return place;
    }
}
