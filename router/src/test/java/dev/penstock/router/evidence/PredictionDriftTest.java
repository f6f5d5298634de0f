package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// When predictions of two arms differ by more than matters, and when that they do not is proven.
class PredictionDriftTest {
    @Test
    void aDriftIsCriticalOnlyIfItIsProvenAndLarge() {
        Pool pool = new Pool(5000, 5000);
        long[] control = {5_000, 3_000, 2_000};
        long[] little = {4_600, 3_200, 2_200};
        long[] much = {2_000, 3_000, 5_000};
        PredictionDrift same = PredictionDrift.of(PairCounts.none(3).plus(pool, control, control));
        PredictionDrift small = PredictionDrift.of(PairCounts.none(3).plus(pool, little, control));
        PredictionDrift large = PredictionDrift.of(PairCounts.none(3).plus(pool, much, control));
        assertThat(same.isCritical(0.05, 0.25)).isFalse();
        assertThat(same.isEquivalent(0.25)).isTrue();
        assertThat(small.logEvidence()).isGreaterThan(3);
        assertThat(small.isCritical(0.05, 0.25)).isFalse();
        assertThat(large.isCritical(0.05, 0.25)).isTrue();
        assertThat(large.isEquivalent(0.25)).isFalse();
        PredictionDrift nothing = PredictionDrift.of(PairCounts.none(3));
        assertThat(nothing.isCritical(0.05, 0.25) || nothing.isEquivalent(0.25)).isFalse();
    }

    /// The PSI is exactly what matters: to say that it is less is wrong, at any of so many looks.
    @Test
    void aDriftThatJustMattersIsSeldomTakenForLess() {
        Pool pool = new Pool(5000, 5000);
        double[] shares = {0.5, 0.5 + shiftOf(0.25)};
        int wrong = 0;
        int rollouts = 1_000;
        SplittableRandom random = new SplittableRandom(5);
        for (int rollout = 0; rollout < rollouts; rollout++) {
            long[][] counts = new long[2][2];
            boolean claimed = false;
            for (int look = 0; look < 150 && !claimed; look++) {
                long more = 10 + (counts[0][0] + counts[0][1]) / 20;
                for (int arm = 0; arm < 2; arm++) {
                    double mean = (double) more * shares[arm];
                    double spread = Math.sqrt(mean * (1 - shares[arm]));
                    long first = Math.clamp(Math.round(mean + spread * random.nextGaussian()), 0, more);
                    counts[arm][0] += first;
                    counts[arm][1] += more - first;
                }
                claimed = PredictionDrift.of(PairCounts.none(2).plus(pool, counts[1], counts[0]))
                        .isEquivalent(0.25);
            }
            wrong += claimed ? 1 : 0;
        }
        assertThat((double) wrong / rollouts).isLessThanOrEqualTo(0.05);
    }

    /// By how much one of two even classes has to be more for that index.
    private static double shiftOf(double index) {
        double least = 0;
        double most = 0.5;
        while (most - least > 1e-12) {
            double middle = (least + most) / 2;
            double psi = middle * Math.log((0.5 + middle) / (0.5 - middle));
            if (psi < index) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return least;
    }

    /// In the morning most are of the first class and the canary has little, at night it is the other way
    /// round.
    @Test
    void anotherHourIsNoDrift() {
        PairCounts day = PairCounts.none(2)
                .plus(new Pool(100, 9_900), new long[] {90, 10}, new long[] {8_910, 990})
                .plus(new Pool(5_000, 5_000), new long[] {1_000, 9_000}, new long[] {1_000, 9_000});
        PredictionDrift drift = PredictionDrift.of(day);
        assertThat(drift.isCritical(0.05, 0.25)).isFalse();
        assertThat(drift.isEquivalent(0.25)).isTrue();
        assertThat(drift.stability())
                .isNotNull()
                .satisfies(stability -> assertThat(stability.psi()).isLessThan(0.001));
    }

    /// Of each of 1,000 buckets one of ten classes is predicted, always the same, and nearly always by the
    /// same arm: what one division has found by chance the others find again.
    @Test
    void theSamePredictionsUnderOtherSharesAreNoFurtherEvidence() {
        int claimed = 0;
        int multiplied = 0;
        Random random = new Random(10);
        for (int canary = 0; canary < 400; canary++) {
            int[] classes = random.ints(1_000, 0, 10).toArray();
            PairCounts counts = PairCounts.none(10);
            for (int division = 0; division < 20; division++) {
                int first = 400 + 5 * division;
                counts = counts.plus(
                        new Pool(first, 1_000 - first), classes(classes, 0, first), classes(classes, first, 1_000));
            }
            claimed += PredictionDrift.of(counts).logEvidence() >= Math.log(20) ? 1 : 0;
            multiplied += ArmIndependence.logDiffers(counts) >= Math.log(20) ? 1 : 0;
        }
        assertThat(claimed).isLessThanOrEqualTo(20);
        assertThat(multiplied).as("what it would be if they were").isGreaterThan(40);
    }

    private static long[] classes(int[] classes, int from, int to) {
        long[] counts = new long[10];
        for (int bucket = from; bucket < to; bucket++) {
            counts[classes[bucket]]++;
        }
        return counts;
    }
}
