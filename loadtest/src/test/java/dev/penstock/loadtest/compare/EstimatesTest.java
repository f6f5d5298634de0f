package dev.penstock.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.StageResult;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How often intervals hold what is really so. Seeds are fixed: the same at every run.
class EstimatesTest {
    private static final int RUNS = 400;
    /// Of an interval of 95 %, three standard deviations below 380.
    private static final int LEAST_HELD = 366;

    /// The median of a lognormal distribution whose median moves from window to window as well is what
    /// it moves about, and its quantiles are those of the sum of both variances. Where windows differ
    /// as much as requests within them (0.5 and 99 here), one or two windows make the tail, and only 84
    /// % of the intervals hold it: such a stage is not steady.
    @ParameterizedTest
    @CsvSource({
        "50, 0, 0",
        "90, 0, 1.2816",
        "99, 0, 2.3263",
        "50, 0.1, 0",
        "90, 0.1, 1.2816",
        "50, 0.5, 0",
        "99, 0.1, 2.3263"
    })
    void quantilesAreWithinTheirIntervals(double percentile, double drift, double normalQuantile) {
        Shape shape = new Shape(20, 300, 0, 1000, 0.5, drift);
        double expected = 1000 * Math.exp(normalQuantile * Math.hypot(0.5, drift));

        assertThat(held(shape, estimates -> estimates.latencyMicros(percentile), expected))
                .isGreaterThanOrEqualTo(LEAST_HELD);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 3, 30})
    void shareOfErrorsIsWithinItsInterval(double failures) {
        Shape shape = new Shape(20, 300, failures, 1000, 0.5, 0);
        double expected = failures / (300 + failures);

        assertThat(held(shape, Estimates::errorShare, expected)).isGreaterThanOrEqualTo(LEAST_HELD);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void fewWindowsSayNothing(int windows) {
        StageResult whole = stage(new Shape(3, 100, 1, 1000, 0.5, 0), 1);
        StageResult few = withWindows(whole, windows);

        Estimates estimates = new Estimates(few, 0.95);

        assertThat(List.of(estimates.rate(), estimates.latencyMicros(50), estimates.errorShare()))
                .noneMatch(Interval::isKnown);
    }

    @ParameterizedTest
    @ValueSource(doubles = {99.9, 99.99})
    void aQuantileBeyondTheDataHasNoUpperBound(double percentile) {
        Estimates estimates = new Estimates(stage(new Shape(10, 20, 0, 1000, 0.5, 0), 1), 0.95);

        assertThat(estimates.latencyMicros(percentile).high()).isInfinite();
    }

    private static int held(Shape shape, Function<Estimates, Interval> estimate, double expected) {
        // Each by its own seed: on all processors they are the same as on one.
        return (int) LongStream.range(0, RUNS)
                .parallel()
                .mapToObj(seed -> estimate.apply(new Estimates(stage(shape, seed), 0.95)))
                .filter(interval -> interval.low() <= expected && expected <= interval.high())
                .count();
    }

    private static StageResult stage(Shape shape, long seed) {
        return Samples.stage("100/s", Samples.windows(shape, new SplittableRandom(seed)), List.of());
    }

    private static StageResult withWindows(StageResult stage, int count) {
        return Samples.altered(stage, stage.windows().subList(0, count), stage.steadiness(), stage.client());
    }
}
