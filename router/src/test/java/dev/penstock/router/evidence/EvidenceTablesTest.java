package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import org.junit.jupiter.api.Test;

/// Against what SciPy says of the same counts, and against figures known from elsewhere.
class EvidenceTablesTest {
    private static final double EXACT = 1e-9;

    /// Where the table's own numbers are found by bisection or integration.
    private static final double FOUND = 1e-8;

    @Test
    void failures() {
        for (Row row : Fixtures.read("failures")) {
            long[] pools = row.wholes("pools");
            PairCounts counts = PairCounts.none(1);
            for (int i = 0; i < pools.length; i += 4) {
                counts = counts.plus(new Pool((int) pools[i], (int) pools[i + 1]), pools[i + 2], pools[i + 3]);
            }
            row.assertClose("worse", FailureArm.logWorse(counts, 1.25), EXACT);
            row.assertClose("notWorse", FailureArm.logNotWorse(counts, 1.5), EXACT);
            Bounds ratio = FailureArm.ratio(counts, 0.05);
            row.assertClose("lower", ratio.lower(), FOUND);
            row.assertClose("upper", ratio.upper(), FOUND);
        }
    }

    @Test
    void quantiles() {
        for (Row row : Fixtures.read("quantiles")) {
            long[] canary = row.wholes("canary");
            long[] control = row.wholes("control");
            row.assertClose("slower50", QuantileTest.of(0.5).logSlower(canary, control, 4), FOUND);
            row.assertClose("slower99", QuantileTest.of(0.99).logSlower(canary, control, 4), FOUND);
            row.assertClose("notSlower50", QuantileTest.of(0.5).logSlower(control, canary, -8), FOUND);
            row.assertClose("notSlower99", QuantileTest.of(0.99).logSlower(control, canary, -8), FOUND);
        }
    }

    @Test
    void independence() {
        for (Row row : Fixtures.read("independence")) {
            long[] buckets = row.wholes("buckets");
            PairCounts counts = PairCounts.none(4)
                    .plus(new Pool((int) buckets[0], (int) buckets[1]), row.wholes("canary"), row.wholes("control"));
            row.assertClose("logE", ArmIndependence.logDiffers(counts), FOUND);
        }
    }

    @Test
    void sampleRatios() {
        for (Row row : Fixtures.read("evidence")) {
            // The bet is that of the drift evidence; here only that shares come from buckets and bets multiply.
            double[] shares = row.numbers("shares");
            int[] buckets = new int[shares.length];
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = (int) Math.round(shares[i] * 10_000);
            }
            SampleRatio ratio = SampleRatio.none(buckets.length).plus(buckets, row.wholes("counts"));
            double expected = dev.penstock.monitor.statistics.DriftEvidence.logEValue(
                    row.wholes("counts"), shares, SampleRatio.CONCENTRATION);
            assertThat(ratio.logMismatch()).as("%s", row).isEqualTo(expected, within(1e-9 * (1 + Math.abs(expected))));
        }
    }

    @Test
    void meansByGroups() {
        for (Row row : Fixtures.read("means")) {
            JackknifeSums canary = JackknifeSums.of(row.wholes("canaryCounts"), row.numbers("canarySums"));
            JackknifeSums control = JackknifeSums.of(row.wholes("controlCounts"), row.numbers("controlSums"));
            double alpha = row.number("alpha");
            // Values that have no squares: the groups alone say how they vary.
            Strata one = Strata.none().plus(canary, control, 0, 0);
            AsymptoticSequence difference = AsymptoticSequence.ofDifference(one, alpha);
            row.assertClose("difference", difference.estimate(), FOUND);
            row.assertClose("error", difference.standardError(), FOUND);
            row.assertClose("halfWidth", difference.halfWidth(), FOUND);
        }
    }

    @Test
    void mixtureSprt() {
        for (Row row : Fixtures.read("sequential-ratio")) {
            double actual =
                    MixtureSprt.logLikelihoodRatio(row.number("d"), row.number("variance"), row.number("mixing"));
            assertThat(actual).as("%s", row).isEqualTo(row.number("logL"), within(1e-9));
        }
    }

    @Test
    void bands() {
        for (Row row : Fixtures.read("bands")) {
            row.assertClose("constant", LatencyBand.constant(row.number("alpha")), 1e-5);
        }
    }

    /// 130 of 840 failures came from a tenth of the requests: 1.65 times as many.
    @Test
    void theRatioOfManyFailures() {
        Bounds ratio = FailureArm.ratio(PairCounts.none(1).plus(new Pool(1000, 9000), 130, 710), 0.05);
        assertThat(ratio.lower()).isEqualTo(1.16, within(0.005));
        assertThat(ratio.upper()).isEqualTo(2.28, within(0.005));
    }

    /// None of 5,000 failed on either side: the canary's rate is below 0.156 % at 5 %, and at half of that
    /// wider.
    @Test
    void aRateWithoutAFailure() {
        Bounds difference = RateDifference.of(0, 5_000, 0, 5_000, 0.10);
        assertThat(difference.upper()).isEqualTo(0.00156, within(5e-6));
        assertThat(difference.lower()).isEqualTo(-difference.upper());
    }

    /// Figures of the design: how many failures of the canary prove that it is not much worse, at equal rates.
    @Test
    void whatProvesThatACanaryIsNotWorse() {
        assertThat(failuresToProve(new Pool(5000, 5000), 1.5)).isBetween(60, 160);
        assertThat(failuresToProve(new Pool(5000, 5000), 1.25)).isBetween(250, 600);
        assertThat(failuresToProve(new Pool(1000, 9000), 2)).isBetween(6, 20);
    }

    private static int failuresToProve(Pool pool, double margin) {
        for (int failures = 1; ; failures++) {
            long control = Math.round(failures * (double) pool.control() / pool.canary());
            PairCounts counts = PairCounts.none(1).plus(pool, failures, control);
            if (FailureArm.logNotWorse(counts, margin) >= Math.log(20)) {
                return failures;
            }
        }
    }
}
