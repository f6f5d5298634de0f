package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.statistics.ChiSquared;
import dev.penstock.monitor.statistics.Normal;
import dev.penstock.router.evidence.ArmCounts;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.GroupSums;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.evidence.SampleRatio;
import java.util.BitSet;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// What becomes of a test where units stay with their arm, and so their requests are no draws of their own: how
/// often it says something of a canary that is the same, at any of 24 looks in two hours. The table is printed;
/// `-Dcanaries=10000` has it made of a tenth as many.
class StickyUnitsTest {
    private static final int CANARIES = Math.max(60, Integer.getInteger("canaries", 600) / 10);
    private static final int LOOKS = 24;
    private static final int REQUESTS_BETWEEN = 5_000;
    private static final Pool POOL = new Pool(1_000, Crowd.BUCKETS - 1_000);
    private static final double ALPHA = 0.05;

    private int everyFailure;
    private int failuresOncePerLook;
    private int failuresOnce;
    private int failuresOncePerLookWithMargin;
    private int requestsDivided;
    private int unitsDivided;
    private int rewardsAsIfAlone;
    private int rewardsByGroup;
    private int failuresByGroupToo;

    @Test
    void whatIsCountedHasToBeIndependent() {
        for (int canary = 0; canary < CANARIES; canary++) {
            new One(new Draws(9_000_000 + canary)).run();
        }
        System.out.printf(Locale.ROOT, "%nsticky units, the same canary, %d canaries, 24 looks%n", CANARIES);
        print("errors worse, every failure counted", everyFailure);
        print("errors worse, each bucket once in 5 minutes", failuresOncePerLook);
        print("errors 1.25 x worse, the same", failuresOncePerLookWithMargin);
        print("errors worse, each bucket once", failuresOnce);
        print("errors worse, every failure, by groups as well", failuresByGroupToo);
        print("arms' requests, chi-squared at 0.001", requestsDivided);
        print("arms' units, e-value of 1000", unitsDivided);
        print("rewards differ, z-test of each look", rewardsAsIfAlone);
        print("rewards differ, by random groups", rewardsByGroup);
        assertThat(share(everyFailure)).as("every failure counted").isGreaterThan(2 * ALPHA);
        assertThat(share(failuresOnce)).as("each bucket once").isLessThanOrEqualTo(ALPHA);
        assertThat(share(failuresByGroupToo)).as("by groups as well").isLessThanOrEqualTo(ALPHA);
        assertThat(share(requestsDivided)).as("requests, chi-squared").isGreaterThan(0.5);
        assertThat(unitsDivided).as("units").isZero();
        assertThat(share(rewardsAsIfAlone)).as("rewards, z-test").isGreaterThan(0.3);
        assertThat(share(rewardsByGroup)).as("rewards by group").isLessThanOrEqualTo(ALPHA);
    }

    private static double share(int found) {
        return (double) found / (double) CANARIES;
    }

    private static void print(String name, int found) {
        System.out.printf(Locale.ROOT, "%-46s %6.1f %%%n", name, 100 * share(found));
    }

    /// One canary.
    private final class One {
        private final Crowd crowd;
        private final BitSet seenUnits = new BitSet();
        private final BitSet failedBuckets = new BitSet();
        private final boolean[] said = new boolean[9];
        private final double[][] failureSums = new double[2][GroupSums.GROUPS];
        private final long[][] rewardCounts = new long[2][GroupSums.GROUPS];
        private final double[][] rewardSums = new double[2][GroupSums.GROUPS];
        private final long[] requests = new long[2];
        private ArmCounts every = ArmCounts.none(1);
        private ArmCounts oncePerLook = ArmCounts.none(1);
        private ArmCounts once = ArmCounts.none(1);
        private SampleRatio units = SampleRatio.none(2);

        One(Draws draws) {
            crowd = new Crowd(draws);
        }

        void run() {
            for (int look = 0; look < LOOKS; look++) {
                fiveMinutes();
                judge();
            }
            everyFailure += count(0);
            failuresOncePerLook += count(1);
            failuresOnce += count(2);
            failuresOncePerLookWithMargin += count(3);
            requestsDivided += count(4);
            unitsDivided += count(5);
            rewardsAsIfAlone += count(6);
            rewardsByGroup += count(7);
            failuresByGroupToo += count(8);
        }

        private int count(int test) {
            return said[test] ? 1 : 0;
        }

        private void fiveMinutes() {
            long[] failures = new long[2];
            long[] perLook = new long[2];
            long[] first = new long[2];
            long[] newUnits = new long[2];
            BitSet failedNow = new BitSet();
            for (int i = 0; i < REQUESTS_BETWEEN; i++) {
                int unit = crowd.next();
                int bucket = crowd.bucket(unit);
                int arm = bucket < POOL.canary() ? 0 : 1;
                requests[arm]++;
                newUnits[arm] += set(seenUnits, unit);
                if (crowd.fails(unit)) {
                    failures[arm]++;
                    failureSums[arm][crowd.group(unit)]++;
                    perLook[arm] += set(failedNow, bucket);
                    first[arm] += set(failedBuckets, bucket);
                }
                rewardCounts[arm][crowd.group(unit)]++;
                rewardSums[arm][crowd.group(unit)] += crowd.reward(unit);
            }
            every = every.plus(POOL, failures[0], failures[1]);
            oncePerLook = oncePerLook.plus(POOL, perLook[0], perLook[1]);
            once = once.plus(POOL, first[0], first[1]);
            units = units.plus(new int[] {POOL.canary(), POOL.control()}, newUnits);
        }

        private static int set(BitSet bits, int index) {
            if (bits.get(index)) {
                return 0;
            }
            bits.set(index);
            return 1;
        }

        private void judge() {
            said[0] |= FailureArm.logWorse(every, 1) >= -Math.log(ALPHA);
            said[1] |= FailureArm.logWorse(oncePerLook, 1) >= -Math.log(ALPHA);
            said[2] |= FailureArm.logWorse(once, 1) >= -Math.log(ALPHA);
            said[3] |= FailureArm.logWorse(oncePerLook, 1.25) >= -Math.log(ALPHA);
            double expected = POOL.share() * (double) (requests[0] + requests[1]);
            double off = (double) requests[0] - expected;
            double chiSquared = off * off / expected / (1 - POOL.share());
            said[4] |= ChiSquared.survival(chiSquared, 1) <= 0.001;
            said[5] |= units.logMismatch() >= SampleRatio.LOG_MISMATCH;
            GroupSums canary = GroupSums.of(rewardCounts[0], rewardSums[0]);
            GroupSums control = GroupSums.of(rewardCounts[1], rewardSums[1]);
            said[6] |= differs(canary, control);
            AsymptoticSequence difference = AsymptoticSequence.ofDifference(canary, control, ALPHA);
            said[7] |= difference.lower() > 0 || difference.upper() < 0;
            AsymptoticSequence ratio = AsymptoticSequence.ofLogRatio(
                    GroupSums.of(rewardCounts[0], failureSums[0]),
                    GroupSums.of(rewardCounts[1], failureSums[1]),
                    ALPHA);
            said[8] |= ratio.lower() > 0 && FailureArm.logWorse(every, 1) >= -Math.log(ALPHA);
        }

        /// As if every reward were of another unit.
        private static boolean differs(GroupSums canary, GroupSums control) {
            double p = canary.mean();
            double q = control.mean();
            double variance = p * (1 - p) / (double) canary.total() + q * (1 - q) / (double) control.total();
            return Normal.twoSided((p - q) / Math.sqrt(variance)) <= ALPHA;
        }
    }
}
