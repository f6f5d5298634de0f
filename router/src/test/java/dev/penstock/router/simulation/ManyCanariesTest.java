package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.evidence.ArmIndependence;
import dev.penstock.router.evidence.ErrorBudget;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.evidence.QuantileTest;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/// What the other simulations ask of few canaries, of enough that a test which is wrong too often is found
/// out: one kind of evidence at a time, of nothing but what that needs, for two hours.
class ManyCanariesTest {
    private static final int CANARIES = 1_000;
    private static final double ENOUGH = Math.log(20);

    /// By how much more than [#ENOUGH] the usual rollout asks of errors, as their part of α is smaller.
    private static final double USUAL_MORE = usualMore();

    /// Three standard deviations above 0.05.
    private static final double MOST = 0.05 + 3 * Math.sqrt(0.05 * 0.95 / CANARIES);

    private static double usualMore() {
        RolloutSpec usual = WholeRollout.usual(
                Strategy.CANARY, List.of(StepSpec.share(1_000, Duration.ofHours(3), Require.NOT_WORSE)));
        Map<String, Double> weights = new TreeMap<>();
        usual.metrics().stream()
                .filter(metric -> metric.share() > 0)
                .forEach(metric -> weights.put(metric.name(), metric.share()));
        ErrorBudget budget = new ErrorBudget(usual.rules().alpha(), weights);
        return budget.logEnough(MetricSpec.Errors.STANDARD.name()) - ENOUGH;
    }

    /// What the canary has in a minute, and what its control has.
    private interface Minutes {
        long[][] draw(Draws draws, int minute, Pool pool);
    }

    /// How many canaries there is enough evidence of, at any of the looks.
    private static double share(
            int slots, Steps steps, int every, Minutes minutes, ToDoubleFunction<PairCounts> logEvidence) {
        return share(Traffic.MINUTES, slots, steps, every, minutes, logEvidence);
    }

    /// The same, at looks in the first minutes alone.
    private static double share(
            int most, int slots, Steps steps, int every, Minutes minutes, ToDoubleFunction<PairCounts> logEvidence) {
        List<Boolean> found = Seeds.each(CANARIES, canary -> {
            Draws draws = new Draws(77_000_000L + canary);
            int begin = draws.below(Traffic.MINUTES);
            PairCounts counts = PairCounts.none(slots);
            boolean enough = false;
            for (int minute = 0; minute < most && !enough; minute += every) {
                Pool pool = steps.at(minute);
                long[][] both = minutes.draw(draws, begin + minute, pool);
                counts = counts.plus(pool, both[0], both[1]);
                enough = logEvidence.applyAsDouble(counts) >= ENOUGH;
            }
            return enough;
        });
        return (double) Collections.frequency(found, true) / CANARIES;
    }

    /// What the usual rollout asks of errors.
    @Test
    void fiveTimesTheErrorsAreFoundInTwoThousandRequests() {
        // 0.5 % of a thousand requests a minute fail, and 2.5 % of the canary's tenth: 2,000 are 20 minutes.
        Minutes fiveTimes = (draws, _, _) -> new long[][] {{draws.poisson(2.5)}, {draws.poisson(4.5)}};
        assertThat(share(20, 1, Steps.TENTH, 1, fiveTimes, counts -> FailureArm.logWorse(counts, 1.25) - USUAL_MORE))
                .isGreaterThanOrEqualTo(0.95);
    }

    /// A thousand requests a minute, of which 1 % fail, and three times as many or a third an hour later.
    private static Minutes errors(double factor) {
        return (draws, minute, pool) -> {
            double all = 10 * Math.exp(Math.log(3) * Math.sin(2 * Math.PI * minute / Traffic.MINUTES));
            return new long[][] {
                {draws.poisson(factor * all * pool.canary() / 10_000)}, {draws.poisson(all * pool.control() / 10_000)}
            };
        };
    }

    @Test
    void whoFailsAsOftenAsIsAllowedStays() {
        for (Steps steps : Steps.values()) {
            assertThat(share(1, steps, 1, errors(1.25), counts -> FailureArm.logWorse(counts, 1.25)))
                    .as("1.25 x the errors, %s", steps)
                    .isLessThanOrEqualTo(MOST);
            assertThat(share(1, steps, 1, errors(1.5), counts -> FailureArm.logNotWorse(counts, 1.5)))
                    .as("proven, 1.5 x the errors, %s", steps)
                    .isLessThanOrEqualTo(MOST);
        }
        assertThat(share(1, Steps.TENTH, 1, errors(2.5), counts -> FailureArm.logWorse(counts, 1.25)))
                .as("2.5 x the errors")
                .isGreaterThan(0.9);
    }

    /// Of a law with its median at the bound of a bucket, so that the margin is exactly as many buckets.
    private static Minutes latencies(int shift) {
        double[] control = new double[64];
        double[] canary = new double[control.length];
        double sum = 0;
        for (int i = 0; i < control.length; i++) {
            control[i] = Math.exp(-Math.abs(i - 30.5) / 6);
            sum += control[i];
        }
        for (int i = 0; i < control.length; i++) {
            control[i] /= sum;
        }
        for (int i = 0; i < control.length; i++) {
            canary[Math.min(i + shift, control.length - 1)] += control[i];
        }
        return (draws, _, pool) -> new long[][] {
            draws.poisson((double) pool.canary(), canary), draws.poisson((double) pool.control(), control)
        };
    }

    @Test
    void whoTakesAsLongAsIsAllowedStays() {
        QuantileTest median = QuantileTest.of(0.5);
        assertThat(share(64, Steps.TENTH, 10, latencies(4), counts -> median.logSlower(counts, 4)))
                .as("4 buckets slower")
                .isLessThanOrEqualTo(MOST);
        assertThat(share(64, Steps.TENTH, 10, latencies(8), counts -> median.logNotSlower(counts, 8)))
                .as("proven, 8 buckets slower")
                .isLessThanOrEqualTo(MOST);
        assertThat(share(64, Steps.TENTH, 10, latencies(7), counts -> median.logSlower(counts, 4)))
                .as("7 buckets slower")
                .isGreaterThan(0.9);
    }

    private static Minutes predictions(double more) {
        double[] control = {0.4, 0.3, 0.2, 0.1};
        double[] canary = {0.4 + more, 0.3, 0.2, 0.1 - more};
        return (draws, _, pool) -> new long[][] {
            draws.poisson((double) pool.canary(), canary), draws.poisson((double) pool.control(), control)
        };
    }

    @Test
    void whoPredictsTheSameStays() {
        for (Steps steps : Steps.values()) {
            assertThat(share(4, steps, 10, predictions(0), ArmIndependence::logDiffers))
                    .as("the same, %s", steps)
                    .isLessThanOrEqualTo(MOST);
        }
        assertThat(share(4, Steps.TENTH, 10, predictions(0.05), ArmIndependence::logDiffers))
                .as("PSI of 0.04")
                .isGreaterThan(0.9);
    }
}
