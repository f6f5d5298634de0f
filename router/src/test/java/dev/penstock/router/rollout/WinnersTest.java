package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.RewardRange;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Experiments with a default arm and two candidates, a third of the requests each, of a crowd of which few
/// units make most of the requests: two hours with 300 answers a minute, of which labels say whether they were
/// right and rewards what they earned. Who is better is looked at every five minutes, by the code that servers
/// have. `-Dcanaries=10000` has a tenth as many experiments made, and the table printed.
final class WinnersTest extends EvidenceJudgeTests {
    private static final int EXPERIMENTS = Math.max(100, Integer.getInteger("canaries", 0) / 10);
    private static final boolean PRINTS = Integer.getInteger("canaries") != null;
    private static final int MINUTES = 120;
    private static final int ANSWERS = 300;
    private static final int UNITS = 2_000;
    private static final double ALPHA = 0.05;
    private static final List<String> ARMS = List.of("stable", "canary", "other");
    private static final Map<String, Integer> WEIGHTS = Map.of("stable", 3_334, "canary", 3_333, "other", 3_333);

    private final RolloutSpec asked = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate("canary", "digits", 2), new Candidate("other", "digits", 3)),
            Strategy.EXPERIMENT,
            List.of(StepSpec.share(3_333, Duration.ofMinutes(MINUTES), Require.NONE)),
            List.of(
                    new MetricSpec.Feedback(true, 0.01, true),
                    new MetricSpec.Feedback(false, 0.01, RewardRange.UNBOUNDED, true, 0, true)),
            Rules.STANDARD,
            BanditSpec.STANDARD);

    /// @param minute in which anybody was called better first; [#MINUTES] for never
    /// @param wrong whether any was that is not
    /// @param best whether the one that is best was called so
    private record Claims(int minute, boolean wrong, boolean best) {}

    @Test
    void armsThatAreTheSameHaveNoWinnerAndTheBetterOneIsFound() {
        Claims[] same = claims(0, 0);
        Claims[] one = claims(0.08, 0);
        Claims[] two = claims(0.25, 0.08);
        if (PRINTS) {
            print("the same", same);
            print("one better by 0.08", one);
            print("better by 0.25 and 0.08", two);
        }
        assertThat(part(same, Claims::wrong)).isLessThanOrEqualTo(ALPHA);
        assertThat(part(one, Claims::wrong)).isLessThanOrEqualTo(ALPHA);
        assertThat(part(one, claims -> claims.minute() < MINUTES)).isGreaterThan(0.5);
        assertThat(part(two, Claims::best)).isGreaterThan(0.5);
        assertThat(part(two, Claims::wrong)).isLessThanOrEqualTo(ALPHA);
    }

    private Claims[] claims(double canary, double other) {
        Claims[] all = new Claims[EXPERIMENTS];
        Arrays.setAll(all, seed -> new Experiment(seed, 0, canary, other).claims());
        return all;
    }

    private static double part(Claims[] all, Predicate<Claims> which) {
        return (double) Arrays.stream(all).filter(which).count() / EXPERIMENTS;
    }

    private static void print(String what, Claims[] all) {
        int[] minutes = Arrays.stream(all).mapToInt(Claims::minute).sorted().toArray();
        System.out.printf(
                "%s: a winner %.3f (half of them all by minute %d), a wrong one %.3f, the best named %.3f%n",
                what,
                part(all, claims -> claims.minute() < MINUTES),
                minutes[EXPERIMENTS / 2],
                part(all, Claims::wrong),
                part(all, Claims::best));
    }

    /// One and its crowd.
    private final class Experiment {
        private final SplittableRandom random;
        private final double[] more;
        private final double[] upTo = new double[UNITS];
        private final int[] arms = new int[UNITS];
        private final int[] groups = new int[UNITS];
        private final double[] usual = new double[UNITS];
        private final long[][] counts = new long[ARMS.size()][GroupSums.GROUPS];
        private final double[][] right = new double[ARMS.size()][GroupSums.GROUPS];
        private final double[][] earned = new double[ARMS.size()][GroupSums.GROUPS];
        private final double[][] squares = new double[ARMS.size()][GroupSums.GROUPS];

        /// @param more how much more often each arm is right
        Experiment(long seed, double... more) {
            random = new SplittableRandom(seed);
            this.more = more;
            double sum = 0;
            for (int unit = 0; unit < UNITS; unit++) {
                sum += Math.min(50, Math.pow(1 - random.nextDouble(), -1 / 1.2));
                upTo[unit] = sum;
                arms[unit] = random.nextInt(ARMS.size());
                groups[unit] = random.nextInt(GroupSums.GROUPS);
                usual[unit] = 0.3 + 0.5 * random.nextDouble();
            }
        }

        Claims claims() {
            int first = MINUTES;
            boolean wrong = false;
            boolean best = false;
            for (int minute = 0; minute < MINUTES; minute++) {
                for (int i = 0; i < ANSWERS; i++) {
                    ask(minute);
                }
                if (minute % 5 == 4) {
                    List<Outcome.Win> wins = outcome().better();
                    first = wins.isEmpty() ? first : Math.min(first, minute);
                    wrong |= wins.stream().anyMatch(win -> isNoBetter(win) || (isAmong(win, wins) && !isBest(win)));
                    best |= wins.stream().anyMatch(win -> isAmong(win, wins) && isBest(win));
                }
            }
            return new Claims(first, wrong, best);
        }

        private boolean isNoBetter(Outcome.Win win) {
            return more[ARMS.indexOf(win.arm())] == 0;
        }

        /// Whether it is called the best of several.
        private static boolean isAmong(Outcome.Win win, List<Outcome.Win> wins) {
            return win.best()
                    && wins.stream()
                                    .filter(one -> one.metric().equals(win.metric()))
                                    .count()
                            > 1;
        }

        private boolean isBest(Outcome.Win win) {
            return more[ARMS.indexOf(win.arm())] == Arrays.stream(more).max().orElseThrow();
        }

        private void ask(int minute) {
            int unit = unit();
            int arm = arms[unit];
            double hour = 0.8 + 0.2 * Math.sin(minute / 20.0);
            boolean isRight = random.nextDouble() < usual[unit] * hour + more[arm];
            // Few of those that are right earn much.
            double reward = isRight ? Math.min(20, Math.pow(1 - random.nextDouble(), -0.5)) : 0;
            counts[arm][groups[unit]]++;
            right[arm][groups[unit]] += isRight ? 1 : 0;
            earned[arm][groups[unit]] += reward;
            squares[arm][groups[unit]] += reward * reward;
        }

        private int unit() {
            int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[UNITS - 1]);
            return Math.min(UNITS - 1, found < 0 ? -found - 1 : found);
        }

        private Outcome outcome() {
            Map<String, ArmCounts> all = new HashMap<>();
            for (int arm = 0; arm < ARMS.size(); arm++) {
                ArmCounts.Builder told = EvidenceJudgeTests.counts(0, 0)
                        .right(new GroupSums(counts[arm], right[arm], right[arm]))
                        .rewards(new GroupSums(counts[arm], earned[arm], squares[arm]));
                all.put(ARMS.get(arm), told.build());
            }
            RolloutState state = state(new Epoch(0, WEIGHTS, all, Map.of()));
            return Outcome.of(asked, new EvidenceJudge().judge(asked, state, List.of()), List.of());
        }
    }
}
