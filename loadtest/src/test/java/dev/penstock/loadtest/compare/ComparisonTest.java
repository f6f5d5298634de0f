package dev.penstock.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.TestResult;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Seeds are fixed: what is found is the same at every run.
class ComparisonTest {
    private static final int RUNS = 300;
    private static final Criteria PLAIN = new Criteria(0.95, 0, Map.of());
    private static final Shape SHAPE = new Shape(20, 300, 2, 1000, 0.5, 0);

    /// 15 of 300 are meant; 26 is three standard deviations more.
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.3})
    void theSameServerIsSeldomFoundToDiffer(double drift) {
        Shape shape = withDrift(drift);
        int alarms = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            Comparison comparison = Comparison.of(test(shape, 2 * seed), test(shape, 2 * seed + 1), PLAIN);
            alarms += comparison.lines().stream().anyMatch(ComparisonTest::isDifferent) ? 1 : 0;
        }

        assertThat(alarms).isLessThanOrEqualTo(26);
    }

    @Test
    void aServerThatIsSlowerByATenthIsFound() {
        Shape slower = new Shape(20, 300, 2, 1100, 0.5, 0);
        int found = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            Comparison comparison = Comparison.of(test(SHAPE, 2 * seed), test(slower, 2 * seed + 1), PLAIN);
            found += verdict(comparison, Metric.P50) == Verdict.WORSE && !comparison.passes(false) ? 1 : 0;
        }

        assertThat(found).isGreaterThan(RUNS * 9 / 10);
    }

    @Test
    void aTailThatGrewIsFoundWhereTheMiddleDidNot() {
        Shape tail = new Shape(20, 300, 2, 1000, 0.8, 0);

        Comparison comparison = Comparison.of(test(SHAPE, 1), test(tail, 2), PLAIN);

        assertThat(verdict(comparison, Metric.P50)).isEqualTo(Verdict.NO_DIFFERENCE_SHOWN);
        assertThat(verdict(comparison, Metric.P99)).isEqualTo(Verdict.WORSE);
    }

    @Test
    void fasterIsBetterAndPasses() {
        Comparison comparison = Comparison.of(test(SHAPE, 1), test(new Shape(20, 300, 2, 700, 0.5, 0), 2), PLAIN);

        assertThat(verdict(comparison, Metric.P50)).isEqualTo(Verdict.BETTER);
        assertThat(comparison.passes(false)).isTrue();
    }

    @Test
    void moreErrorsAreWorseByTheirDifference() {
        Comparison comparison = Comparison.of(test(SHAPE, 1), test(new Shape(20, 300, 30, 1000, 0.5, 0), 2), PLAIN);

        Line errors = line(comparison, Metric.ERRORS);
        assertThat(errors.verdict()).isEqualTo(Verdict.WORSE);
        assertThat(errors.change().estimate()).isEqualTo(errors.b() - errors.a());
        assertThat(errors.change().low()).isPositive();
    }

    @Test
    void fewRequestsAreNotEnoughForTheFarTail() {
        Shape few = new Shape(10, 20, 0, 1000, 0.5, 0);

        Comparison comparison = Comparison.of(test(few, 1), test(few, 2), PLAIN);

        assertThat(verdict(comparison, Metric.P999)).isEqualTo(Verdict.NOT_ENOUGH_DATA);
        assertThat(comparison.passes(false)).isTrue();
        assertThat(comparison.passes(true)).isFalse();
    }

    @Test
    void onlyLimitsCountWhereThereAreLimits() {
        TestResult a = test(SHAPE, 1);
        TestResult slower = test(new Shape(20, 300, 2, 1100, 0.5, 0), 2);

        Comparison wide = Comparison.of(a, slower, with(Metric.P50, 0.3));
        Comparison near = Comparison.of(a, slower, with(Metric.P50, 0.1));
        Comparison narrow = Comparison.of(a, slower, with(Metric.P50, 0.02));

        assertThat(List.of(limit(wide), limit(near), limit(narrow)))
                .containsExactly(LimitVerdict.KEPT, LimitVerdict.UNDECIDED, LimitVerdict.EXCEEDED);
        assertThat(List.of(wide.passes(true), near.passes(true), near.passes(false), narrow.passes(false)))
                .containsExactly(true, false, true, false);
    }

    @Test
    void aServerThatAnswersNothingDoesNotPass() {
        TestResult a = test(SHAPE, 1);
        TestResult silent = test(new Shape(20, 0, 0, 1000, 0.5, 0), 2);

        assertThat(Comparison.of(a, silent, PLAIN).passes(false)).isFalse();
        assertThat(verdict(Comparison.of(a, silent, PLAIN), Metric.RATE)).isEqualTo(Verdict.WORSE);
        for (Metric metric : Metric.values()) {
            Comparison comparison = Comparison.of(a, silent, with(metric, 0.05));
            assertThat(line(comparison, metric).limit()).as("%s", metric).isEqualTo(LimitVerdict.EXCEEDED);
            assertThat(comparison.passes(false)).as("%s", metric).isFalse();
        }
        assertThat(Comparison.of(silent, silent, PLAIN).passes(false)).isTrue();
    }

    @Test
    void theServersCpuTimeDecidesByItself() {
        TestResult a = test(SHAPE, 1);

        Comparison comparison = Comparison.of(a, a, with(Metric.SERVER_CPU, 0));

        assertThat(line(comparison, Metric.SERVER_CPU).limit()).isEqualTo(LimitVerdict.KEPT);
        assertThat(comparison.passes(true)).isTrue();
    }

    @Test
    void aStageThatBLacksIsToldAndStrictlyAFailure() {
        TestResult a = Samples.capacity(1);
        TestResult b = Samples.test("some", a.stages().get(2), a.stages().get(0));

        Comparison comparison = Comparison.of(a, b, with(Metric.SERVER_CPU, 0.05));

        assertThat(comparison.missing()).containsExactly("1000/s", "4000/s");
        assertThat(comparison.lines())
                .extracting(Line::stage)
                .startsWith("500/s")
                .endsWith("2000/s");
        assertThat(comparison.passes(false)).isTrue();
        assertThat(comparison.passes(true)).isFalse();
        assertThat(Comparison.of(b, a, PLAIN).added()).containsExactly("1000/s", "4000/s");
    }

    @Test
    void aResultDoesNotDifferFromItself() {
        for (long seed = 0; seed < 50; seed++) {
            TestResult result = Samples.anything(seed);

            assertThat(Comparison.of(result, result, PLAIN).lines())
                    .as("seed " + seed)
                    .noneMatch(ComparisonTest::isDifferent);
        }
    }

    private static boolean isDifferent(Line line) {
        return line.verdict() == Verdict.WORSE || line.verdict() == Verdict.BETTER;
    }

    private static Shape withDrift(double drift) {
        return new Shape(20, 300, 2, 1000, 0.5, drift);
    }

    private static TestResult test(Shape shape, long seed) {
        return Samples.test("a", Samples.stage("100/s", Samples.windows(shape, new SplittableRandom(seed)), List.of()));
    }

    private static Criteria with(Metric metric, double limit) {
        return new Criteria(0.95, 0.01, Map.of(metric, limit));
    }

    private static Line line(Comparison comparison, Metric metric) {
        return comparison.lines().stream()
                .filter(line -> line.metric() == metric)
                .findFirst()
                .orElseThrow();
    }

    private static Verdict verdict(Comparison comparison, Metric metric) {
        return line(comparison, metric).verdict();
    }

    private static LimitVerdict limit(Comparison comparison) {
        return line(comparison, Metric.P50).limit();
    }
}
