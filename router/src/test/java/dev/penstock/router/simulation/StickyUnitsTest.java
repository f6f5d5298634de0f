package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyScale;
import dev.penstock.monitor.statistics.ChiSquared;
import dev.penstock.monitor.statistics.Normal;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.evidence.ArmIndependence;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.evidence.QuantileTest;
import dev.penstock.router.evidence.SampleRatio;
import dev.penstock.router.evidence.Strata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of a test where units stay with their arm, and so their requests are no draws of their own: how
/// often it says something of a canary that is the same, at any minute of two hours. The table is printed;
/// `-Dcanaries=10000` has it made of a tenth as many.
class StickyUnitsTest {
    private static final int CANARIES = Math.max(20, Integer.getInteger("canaries", 200) / 10);
    /// Of those that are the same, as what is claimed of few of them is not told of none.
    private static final int SAME = Math.max(120, CANARIES);
    private static final int MINUTES = 120;
    private static final int REQUESTS = 1_000;
    private static final int[] BUCKETS = {1_000, Crowd.BUCKETS - 1_000};
    private static final Pool POOL = new Pool(BUCKETS[0], BUCKETS[1]);
    private static final double ALPHA = 0.05;

    /// Of the errors, if nobody says otherwise and predictions are watched, too, and a soak follows.
    private static final double ALPHA_OF_ERRORS = 0.05 / 2 / 2;

    private enum Claim {
        EVERY_FAILURE("worse, every failure counted"),
        EACH_MINUTE("worse, each bucket once a minute"),
        FIVE_MINUTES("worse, each bucket once in five minutes"),
        ONCE("worse, each bucket once"),
        EACH_MINUTE_BEYOND("1.25 x worse, each bucket once a minute"),
        FIVE_MINUTES_BEYOND("1.25 x worse, each bucket once in five"),
        ONCE_BEYOND("1.25 x worse, each bucket once"),
        AS_ROLLOUTS_DO("as rollouts judge errors"),
        PREDICTED_EACH_MINUTE("predictions differ, each bucket once a minute"),
        PREDICTED_ONCE("predictions differ, each bucket once"),
        SLOWER_EVERY("p99 1.19 x as long, every answer counted"),
        SLOWER("p99 1.19 x as long, each bucket once in five"),
        REQUESTS_DIVIDED("mismatch, requests: chi-squared, 0.001"),
        UNITS_DIVIDED("mismatch, units: e-value of 1000"),
        REWARDS("rewards differ, z-test"),
        REWARDS_BY_GROUP("rewards differ, by random groups");

        private final String text;

        Claim(String text) {
            this.text = text;
        }
    }

    @Test
    void whatIsCountedHasToBeIndependent() {
        Map<Claim, List<Integer>> same = run(1, SAME);
        Map<Claim, List<Integer>> twice = run(2, CANARIES);
        Map<Claim, List<Integer>> thrice = run(3, CANARIES);
        System.out.printf(Locale.ROOT, "%nunits that stay with their arm, %d canaries%n", CANARIES);
        System.out.printf(Locale.ROOT, "%-46s %8s %18s %18s%n", "claimed", "same", "2 x as bad", "3 x as bad");
        for (Claim claim : Claim.values()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-46s %6.1f %% %18s %18s%n",
                    claim.text,
                    100 * share(same, claim, SAME),
                    found(twice, claim),
                    found(thrice, claim));
        }
        assertThat(share(same, Claim.EVERY_FAILURE, SAME)).as("every failure").isGreaterThan(2 * ALPHA);
        assertThat(share(same, Claim.SLOWER_EVERY, SAME)).as("every answer").isGreaterThan(ALPHA);
        assertThat(share(same, Claim.REQUESTS_DIVIDED, SAME))
                .as("requests divided")
                .isGreaterThan(0.5);
        assertThat(share(same, Claim.REWARDS, SAME)).as("rewards, z-test").isGreaterThan(0.3);
        assertThat(share(same, Claim.EACH_MINUTE_BEYOND, SAME))
                .as("each bucket's failures once a minute")
                .isGreaterThan(ALPHA);
        assertThat(share(same, Claim.PREDICTED_EACH_MINUTE, SAME))
                .as("each bucket's prediction once a minute")
                .isGreaterThan(2 * ALPHA);
        assertThat(share(same, Claim.UNITS_DIVIDED, SAME)).as("units divided").isZero();
        for (Claim claim : List.of(
                Claim.FIVE_MINUTES_BEYOND,
                Claim.AS_ROLLOUTS_DO,
                Claim.PREDICTED_ONCE,
                Claim.SLOWER,
                Claim.ONCE,
                Claim.ONCE_BEYOND,
                Claim.REWARDS_BY_GROUP)) {
            assertThat(share(same, claim, SAME)).as(claim.text).isLessThanOrEqualTo(ALPHA);
        }
        assertThat(share(thrice, Claim.FIVE_MINUTES_BEYOND, CANARIES))
                .as("3 x the errors")
                .isGreaterThan(0.8);
        assertThat(share(thrice, Claim.SLOWER, CANARIES)).as("3 x as long").isGreaterThan(0.6);
        assertThat(share(thrice, Claim.AS_ROLLOUTS_DO, CANARIES))
                .as("3 x the errors")
                .isGreaterThan(0.6);
    }

    /// In which minute each was claimed of each canary, in order, if it was.
    private static Map<Claim, List<Integer>> run(double errors, int canaries) {
        Map<Claim, List<Integer>> minutes = new EnumMap<>(Claim.class);
        for (Claim claim : Claim.values()) {
            minutes.put(claim, new ArrayList<>());
        }
        for (int canary = 0; canary < canaries; canary++) {
            new One(new Draws(9_000_000 + canary), errors)
                    .run()
                    .forEach((claim, minute) ->
                            minutes.getOrDefault(claim, List.of()).add(minute));
        }
        minutes.values().forEach(Collections::sort);
        return minutes;
    }

    private static double share(Map<Claim, List<Integer>> minutes, Claim claim, int canaries) {
        return (double) minutes.getOrDefault(claim, List.of()).size() / (double) canaries;
    }

    private static String found(Map<Claim, List<Integer>> minutes, Claim claim) {
        List<Integer> of = minutes.getOrDefault(claim, List.of());
        String share = String.format(Locale.ROOT, "%.0f %%", 100 * share(minutes, claim, CANARIES));
        return of.size() > CANARIES / 2 ? share + ", " + of.get(CANARIES / 2) + " min" : share;
    }

    /// One canary. Arrays are by arm: the canary's first.
    private static final class One {
        private final Crowd crowd;
        private final double errors;
        private final Map<Claim, Integer> claimed = new EnumMap<>(Claim.class);
        private final BitSet seenUnits = new BitSet();
        private final BitSet failedEver = new BitSet();
        private final BitSet failedLately = new BitSet();
        private final BitSet askedLately = new BitSet();
        private final BitSet predictedEver = new BitSet();
        private int minute;
        private final long[] requests = new long[2];
        private final long[] units = new long[2];
        private final long[] failures = new long[2];
        private final long[] eachMinute = new long[2];
        private final long[] fiveMinutes = new long[2];
        private final long[] askedOnce = new long[2];
        private final StakedOnce rollout = new StakedOnce(POOL);
        private final long[][] predictedEachMinute = new long[2][Crowd.CLASSES];
        private final long[][] predictedOnce = new long[2][Crowd.CLASSES];
        private final long[] once = new long[2];
        private final long[][] latencies = new long[2][LatencyScale.BUCKETS];
        private final long[][] latenciesOnce = new long[2][LatencyScale.BUCKETS];
        private final long[][] counts = new long[2][JackknifeSums.GROUPS];
        private final double[][] rewards = new double[2][JackknifeSums.GROUPS];

        /// @param errors how many times as often the canary fails, and as long it takes
        One(Draws draws, double errors) {
            crowd = new Crowd(draws);
            this.errors = errors;
        }

        Map<Claim, Integer> run() {
            for (minute = 1; minute <= MINUTES; minute++) {
                pass();
                judgeFailures();
                if (minute % 5 == 0) {
                    judgeByGroups();
                    judgeUnits();
                    judgePredictions();
                    claim(Claim.SLOWER_EVERY, slower(latencies));
                    claim(Claim.SLOWER, slower(latenciesOnce));
                }
                if (minute % ArmLedgers.SUB_WINDOW.toMinutes() == 0) {
                    failedLately.clear();
                    askedLately.clear();
                }
            }
            return claimed;
        }

        private void pass() {
            BitSet failedNow = new BitSet();
            BitSet predictedNow = new BitSet();
            for (int i = 0; i < REQUESTS; i++) {
                int unit = crowd.next();
                int bucket = crowd.bucket(unit);
                int arm = bucket < BUCKETS[0] ? 0 : 1;
                requests[arm]++;
                counts[arm][crowd.group(unit)]++;
                rewards[arm][crowd.group(unit)] += crowd.reward(unit);
                units[arm] += set(seenUnits, unit);
                int first = set(askedLately, bucket);
                askedOnce[arm] += first;
                int latency = LatencyScale.bucketOf(crowd.latencyNanos(unit, arm == 0 ? errors : 1));
                latencies[arm][latency]++;
                latenciesOnce[arm][latency] += first;
                predictedEachMinute[arm][crowd.predicted(unit)] += set(predictedNow, bucket);
                predictedOnce[arm][crowd.predicted(unit)] += set(predictedEver, bucket);
                if (crowd.fails(unit, arm == 0 ? errors : 1)) {
                    failures[arm]++;
                    eachMinute[arm] += set(failedNow, bucket);
                    fiveMinutes[arm] += set(failedLately, bucket);
                    once[arm] += set(failedEver, bucket);
                }
            }
        }

        private static int set(BitSet bits, int index) {
            if (bits.get(index)) {
                return 0;
            }
            bits.set(index);
            return 1;
        }

        private void claim(Claim claim, boolean holds) {
            if (holds) {
                claimed.putIfAbsent(claim, minute);
            }
        }

        private void judgeFailures() {
            claim(Claim.EVERY_FAILURE, worse(failures, 1));
            claim(Claim.EACH_MINUTE, worse(eachMinute, 1));
            claim(Claim.FIVE_MINUTES, worse(fiveMinutes, 1));
            claim(Claim.ONCE, worse(once, 1));
            claim(Claim.EACH_MINUTE_BEYOND, worse(eachMinute, 1.25));
            claim(Claim.FIVE_MINUTES_BEYOND, worse(fiveMinutes, 1.25));
            claim(Claim.ONCE_BEYOND, worse(once, 1.25));
            claim(Claim.AS_ROLLOUTS_DO, rollout.logWorse(minute, fiveMinutes, askedOnce) >= -Math.log(ALPHA_OF_ERRORS));
        }

        private static boolean worse(long[] failures, double margin) {
            PairCounts counts = PairCounts.none(1).plus(POOL, failures[0], failures[1]);
            return FailureArm.logWorse(counts, margin) >= -Math.log(ALPHA);
        }

        private void judgePredictions() {
            claim(Claim.PREDICTED_EACH_MINUTE, differ(predictedEachMinute));
            claim(Claim.PREDICTED_ONCE, differ(predictedOnce));
        }

        private static boolean differ(long[][] predicted) {
            PairCounts counts = PairCounts.none(Crowd.CLASSES).plus(POOL, predicted[0], predicted[1]);
            return ArmIndependence.logDiffers(counts) >= -Math.log(ALPHA);
        }

        private static boolean slower(long[][] latencies) {
            return QuantileTest.of(0.99).logSlower(latencies[0], latencies[1], QuantileTest.shiftAtLeast(1.19))
                    >= -Math.log(ALPHA);
        }

        private void judgeUnits() {
            double expected = POOL.share() * (double) (requests[0] + requests[1]);
            double off = (double) requests[0] - expected;
            double chiSquared = off * off / expected / (1 - POOL.share());
            claim(Claim.REQUESTS_DIVIDED, ChiSquared.survival(chiSquared, 1) <= 0.001);
            SampleRatio ratio = SampleRatio.none(2).plus(BUCKETS, units);
            claim(Claim.UNITS_DIVIDED, ratio.logMismatch() >= SampleRatio.LOG_MISMATCH);
        }

        private void judgeByGroups() {
            JackknifeSums canary = JackknifeSums.of(counts[0], rewards[0]);
            JackknifeSums control = JackknifeSums.of(counts[1], rewards[1]);
            double p = canary.mean();
            double q = control.mean();
            // As if every reward were of another unit.
            double variance = p * (1 - p) / (double) canary.total() + q * (1 - q) / (double) control.total();
            claim(Claim.REWARDS, Normal.twoSided((p - q) / Math.sqrt(variance)) <= ALPHA);
            // Of rewards that are 0 or 1.
            Strata both = Strata.none()
                    .plus(
                            canary,
                            control,
                            Arrays.stream(rewards[0]).sum(),
                            Arrays.stream(rewards[1]).sum());
            AsymptoticSequence difference = AsymptoticSequence.ofDifference(both, ALPHA);
            claim(Claim.REWARDS_BY_GROUP, difference.lower() > 0 || difference.upper() < 0);
        }
    }
}
