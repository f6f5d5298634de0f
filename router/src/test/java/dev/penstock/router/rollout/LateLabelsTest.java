package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.Strata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Three steps of 40 minutes, 200 labels asked for in each of these, which come three quarters of an hour later
/// on average, from a crowd of which few units make most of the requests, while answers are right more or less
/// often as the hours go. Looked at every five minutes, by the code that servers have, and by what they had
/// when only the labels of the present step judged. `-Dcanaries=10000` has a tenth as many rollouts made, and
/// the table printed.
final class LateLabelsTest extends EvidenceJudgeTests {
    private static final int ROLLOUTS = Math.max(200, Integer.getInteger("canaries", 0) / 10);
    private static final boolean PRINTS = Integer.getInteger("canaries") != null;
    private static final int MINUTES = 120;
    private static final int OF_STEP = 40;
    private static final int LABELS = 200;
    private static final int UNITS = 2_000;
    private static final double ALPHA = 0.05;
    private static final int[] WEIGHTS = {1_000, 2_500, 5_000};
    private static final MetricSpec.Feedback NO_MARGIN = new MetricSpec.Feedback(true, 0, true);

    private final RolloutSpec asked = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate("canary", "digits", 2)),
            Strategy.CANARY,
            Arrays.stream(WEIGHTS)
                    .mapToObj(weight -> StepSpec.share(weight, Duration.ofMinutes(OF_STEP), Require.NOT_WORSE))
                    .toList(),
            List.of(NO_MARGIN),
            Rules.STANDARD,
            BanditSpec.STANDARD);

    /// What was claimed in time, and how many further steps began, each of them when its time had come.
    private record Claims(boolean now, boolean before, int begun) {}

    @Test
    void labelsOfPastStepsFindMoreAndClaimNoMore() {
        Claims[] same = new Claims[ROLLOUTS];
        Claims[] worse = new Claims[ROLLOUTS];
        for (int i = 0; i < ROLLOUTS; i++) {
            same[i] = new Rollout(i).claims(0);
            worse[i] = new Rollout(i).claims(0.06);
        }
        if (PRINTS) {
            print("rolled back though the same", same);
            print("rolled back, 6 points worse", worse);
            System.out.printf("further steps begun: %.2f, 6 points worse: %.2f%n", begun(same), begun(worse));
        }
        assertThat(now(same)).isLessThanOrEqualTo(ALPHA);
        assertThat(now(worse)).isGreaterThan(before(worse));
        assertThat(begun(same)).isGreaterThan(1.6);
        assertThat(begun(worse)).isLessThan(1.2);
    }

    private static double begun(Claims[] all) {
        return Arrays.stream(all).mapToInt(Claims::begun).average().orElseThrow();
    }

    private static void print(String what, Claims[] all) {
        System.out.printf("%s: %.3f, by the present step only: %.3f%n", what, now(all), before(all));
    }

    private static double now(Claims[] all) {
        return (double) Arrays.stream(all).filter(Claims::now).count() / ROLLOUTS;
    }

    private static double before(Claims[] all) {
        return (double) Arrays.stream(all).filter(Claims::before).count() / ROLLOUTS;
    }

    /// One rollout and its crowd.
    private final class Rollout {
        private final SplittableRandom random;
        private final double[] upTo = new double[UNITS];
        private final int[] buckets = new int[UNITS];
        private final int[] groups = new int[UNITS];
        private final double[] right = new double[UNITS];
        private final long[][][] counts = new long[WEIGHTS.length][2][GroupSums.GROUPS];
        private final double[][][] sums = new double[WEIGHTS.length][2][GroupSums.GROUPS];

        /// What is known by the minute in which that is so.
        private final List<List<Runnable>> coming = new ArrayList<>();

        Rollout(long seed) {
            random = new SplittableRandom(seed);
            double sum = 0;
            for (int unit = 0; unit < UNITS; unit++) {
                sum += Math.min(200, Math.pow(1 - random.nextDouble(), -1 / 1.2));
                upTo[unit] = sum;
                buckets[unit] = random.nextInt(StepSpec.ALL);
                groups[unit] = random.nextInt(GroupSums.GROUPS);
                right[unit] = 0.5 + 0.5 * random.nextDouble();
            }
            for (int minute = 0; minute < MINUTES; minute++) {
                coming.add(new ArrayList<>());
            }
        }

        /// @param less how much less often the candidate is right
        Claims claims(double less) {
            boolean now = false;
            boolean before = false;
            int begun = 0;
            for (int minute = 0; minute < MINUTES; minute++) {
                int step = minute / OF_STEP;
                for (int i = 0; i < LABELS; i++) {
                    ask(minute, step, less);
                }
                coming.get(minute).forEach(Runnable::run);
                if (minute % 5 == 4) {
                    now |= isClaimed(step);
                    begun += minute % OF_STEP == OF_STEP - 1 && step < WEIGHTS.length - 1 && goesOn(step) ? 1 : 0;
                    before |= isClaimedBefore(step);
                }
            }
            return new Claims(now, before, begun);
        }

        private void ask(int minute, int step, double less) {
            int unit = unit();
            int arm = buckets[unit] < WEIGHTS[step] ? 0 : 1;
            double hour = 0.8 + 0.2 * Math.sin(minute / 20.0);
            boolean isRight = random.nextDouble() < right[unit] * hour - (arm == 0 ? less : 0);
            int known = minute + (int) (-45 * Math.log(1 - random.nextDouble()));
            if (known < MINUTES) {
                coming.get(known).add(() -> {
                    counts[step][arm][groups[unit]]++;
                    sums[step][arm][groups[unit]] += isRight ? 1 : 0;
                });
            }
        }

        private int unit() {
            int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[UNITS - 1]);
            return Math.min(UNITS - 1, found < 0 ? -found - 1 : found);
        }

        private GroupSums told(int step, int arm) {
            return new GroupSums(counts[step][arm], sums[step][arm], sums[step][arm]);
        }

        private Epoch epoch(int step) {
            ArmCounts.Builder canary = counts(0, 0).right(told(step, 0));
            return EvidenceJudgeTests.epoch(
                    step, WEIGHTS[step], canary, counts(0, 0).right(told(step, 1)));
        }

        private boolean isClaimed(int step) {
            return reading(step).verdict() == Verdict.FAIL;
        }

        private boolean goesOn(int step) {
            return reading(step).isNotWorse();
        }

        private MetricReading reading(int step) {
            Epoch[] epochs = new Epoch[step + 1];
            Arrays.setAll(epochs, this::epoch);
            return new EvidenceJudge()
                    .judge(asked, state(epochs), List.of())
                    .of("canary")
                    .getFirst();
        }

        private boolean isClaimedBefore(int step) {
            Strata told = PastTold.with(Strata.none(), epoch(step), "canary", "stable", true, false);
            return AsymptoticSequence.ofDifference(told, ALPHA / (double) WEIGHTS.length)
                            .upper()
                    < 0;
        }
    }
}
