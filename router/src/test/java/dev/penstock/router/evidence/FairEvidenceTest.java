package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What makes evidence: that it is 1 on average where nothing is the matter.
class FairEvidenceTest {
    private static final double EXACT = 1e-9;

    @Test
    void failuresAreWorthOneOnAverageAtTheMarginAndLessBelow() {
        Pool pool = new Pool(1000, 9000);
        assertThat(meanFailureEvidence(pool, 1.25, 1.25)).isEqualTo(1, within(EXACT));
        assertThat(meanFailureEvidence(pool, 1.0, 1.25)).isLessThan(0.8);
        assertThat(meanFailureEvidence(pool, 2.0, 1.25)).isGreaterThan(20);
    }

    /// Over all that 60 failures can be like if the canary fails `ratio` times as often.
    private static double meanFailureEvidence(Pool pool, double ratio, double margin) {
        double odds = (double) pool.canary() * ratio / (double) pool.control();
        double[] law = binomial(60, odds / (1 + odds));
        double mean = 0;
        for (int k = 0; k < law.length; k++) {
            mean += law[k] * Math.exp(FailureArm.logWorse(PairCounts.none(1).plus(pool, k, 60 - k), margin));
        }
        return mean;
    }

    @Test
    void proofOfNoHarmIsWorthOneOnAverageAtTheMarginAndLessAbove() {
        Pool pool = new Pool(5000, 5000);
        for (double ratio : new double[] {1.5, 1.7, 3}) {
            double[] law = binomial(80, ratio / (1 + ratio));
            double mean = 0;
            for (int k = 0; k < law.length; k++) {
                mean += law[k]
                        * Math.exp(FailureArm.logNotWorse(PairCounts.none(1).plus(pool, k, 80 - k), 1.5));
            }
            if (ratio == 1.5) {
                assertThat(mean).isEqualTo(1, within(EXACT));
            } else {
                assertThat(mean).as("ratio %s", ratio).isLessThan(0.9);
            }
        }
    }

    @Test
    void aSlotIsWorthOneOnAverageWhereTheArmDoesNotMatter() {
        Pool pool = new Pool(2500, 7500);
        double[] law = binomial(50, pool.share());
        double mean = 0;
        for (int k = 0; k < law.length; k++) {
            mean += law[k]
                    * Math.exp(ArmIndependence.logDiffers(PairCounts.none(1).plus(pool, k, 50 - k)));
        }
        assertThat(mean).isEqualTo(1, within(EXACT));
    }

    /// Over all that 10 requests of each can be like, in three buckets.
    @Test
    void quantilesAreWorthOneOnAverageAtMost() {
        double[][] laws = {{0.5, 0.3, 0.2}, {0.1, 0.1, 0.8}, {0.9, 0.05, 0.05}, {0.45, 0.1, 0.45}};
        double[] faster = {0.97, 0.02, 0.01};
        for (double p : new double[] {0.5, 0.9}) {
            QuantileTest test = QuantileTest.of(p);
            for (double[] law : laws) {
                assertThat(meanQuantileEvidence(test, law, law))
                        .as("p %s, both %s", p, law)
                        .isLessThanOrEqualTo(1 + EXACT);
                assertThat(meanQuantileEvidence(test, faster, law)).isLessThanOrEqualTo(1 + EXACT);
            }
        }
        double[] slower = {0.01, 0.02, 0.97};
        assertThat(meanQuantileEvidence(QuantileTest.of(0.5), slower, faster)).isGreaterThan(1.1);
    }

    private static double meanQuantileEvidence(QuantileTest test, double[] canary, double[] control) {
        List<long[]> outcomes = outcomes(10);
        double mean = 0;
        for (long[] mine : outcomes) {
            for (long[] theirs : outcomes) {
                double chance = multinomial(mine, canary) * multinomial(theirs, control);
                mean += chance * Math.exp(test.logSlower(mine, theirs, 0));
            }
        }
        return mean;
    }

    private static List<long[]> outcomes(int trials) {
        List<long[]> outcomes = new ArrayList<>();
        for (int i = 0; i <= trials; i++) {
            for (int j = 0; i + j <= trials; j++) {
                outcomes.add(new long[] {i, j, trials - i - j});
            }
        }
        return outcomes;
    }

    private static double multinomial(long[] counts, double[] law) {
        int rest = (int) Arrays.stream(counts).sum();
        double first = binomial(rest, law[0])[(int) counts[0]];
        return first * binomial(rest - (int) counts[0], law[1] / (law[1] + law[2]))[(int) counts[1]];
    }

    @Test
    void unitsAreWorthOneOnAverageWhereTheyAreDividedAsTheyShould() {
        int[] buckets = {2000, 3000, 5000};
        double mean = 0;
        for (int i = 0; i <= 12; i++) {
            for (int j = 0; i + j <= 12; j++) {
                double[] first = binomial(12, 0.2);
                double[] second = binomial(12 - i, 0.375);
                double log = SampleRatio.none(3)
                        .plus(buckets, new long[] {i, j, 12 - i - j})
                        .logMismatch();
                mean += first[i] * second[j] * Math.exp(log);
            }
        }
        assertThat(mean).isEqualTo(1, within(EXACT));
    }

    @Test
    void stepsTakenTogetherAreWorthOneOnAverage() {
        double[] law = binomial(20, 0.5);
        double mean = 0;
        for (int i = 0; i < law.length; i++) {
            for (int j = 0; j < law.length; j++) {
                mean += law[i] * law[j] * Math.exp(Combined.logOfSteps(bet(i), bet(j), 0));
            }
        }
        assertThat(mean).isEqualTo(1, within(EXACT));
        assertThat(Combined.logOfSteps()).isZero();
        assertThat(Combined.logMean(Math.log(3), Double.NEGATIVE_INFINITY)).isEqualTo(Math.log(1.5), within(EXACT));
        assertThat(Combined.logMean(2_000, 1_000)).isEqualTo(2_000 - Math.log(2), within(EXACT));
    }

    private static double bet(int heads) {
        return heads * Math.log(1.2) + (20 - heads) * Math.log(0.8);
    }

    private static double[] binomial(int trials, double p) {
        double[] law = new double[trials + 1];
        law[0] = 1;
        for (int n = 1; n <= trials; n++) {
            for (int k = n; k > 0; k--) {
                law[k] = law[k] * (1 - p) + law[k - 1] * p;
            }
            law[0] *= 1 - p;
        }
        return law;
    }
}
