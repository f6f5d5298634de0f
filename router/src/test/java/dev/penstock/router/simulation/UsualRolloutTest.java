package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// How whole rollouts end that are asked for with nothing but a candidate: the usual steps, metrics and
/// rules, by the machine and the judge that servers have. The tables are printed; `-Dcanaries=10000` has them
/// made of as many, and of a tenth as many that are worse.
class UsualRolloutTest {
    private static final int CANARIES = Integer.getInteger("canaries", 60);
    private static final int WORSE = Math.max(6, CANARIES / 10);

    private static final RolloutSpec USUAL =
            WholeRollout.usual(Strategy.CANARY, RolloutSpec.standardSteps(Strategy.CANARY));

    /// What is kept of one rollout.
    private record End(Phase phase, String reason, boolean latched, int minutes) {
        static End of(WholeRollout rollout) {
            RolloutState end = rollout.end();
            return new End(end.phase(), end.reason(), end.latched(), rollout.minutes());
        }
    }

    /// How rollouts of one kind ended.
    private record Ends(int rollouts, Map<String, Integer> reasons, int promoted, int latched, double median) {
        static Ends of(RolloutSpec spec, Traffic traffic, int rollouts, long seed) {
            return of(spec, traffic, traffic, 0, rollouts, seed);
        }

        static Ends of(RolloutSpec spec, Traffic traffic, Traffic later, int from, int rollouts, long seed) {
            Map<String, Integer> reasons = new TreeMap<>();
            List<Integer> minutes = new ArrayList<>();
            int promoted = 0;
            int latched = 0;
            List<End> all = Seeds.each(rollouts, i -> {
                WholeRollout one = new WholeRollout(spec, traffic, later, from, seed * 1_000_003 + i);
                var _ = one.run();
                return End.of(one);
            });
            for (End end : all) {
                promoted += end.phase() == Phase.COMPLETED ? 1 : 0;
                latched += end.latched() ? 1 : 0;
                minutes.add(end.minutes());
                reasons.merge(end.phase() + " " + end.reason(), 1, Integer::sum);
            }
            minutes.sort(null);
            return new Ends(rollouts, reasons, promoted, latched, minutes.get(rollouts / 2));
        }

        void print(String what) {
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %7.2f %% rolled back for evidence, %7.2f %% promoted, half over after %3.0f min %s%n",
                    what,
                    100.0 * latched / rollouts,
                    100.0 * promoted / rollouts,
                    median,
                    reasons);
        }
    }

    @Test
    void aCandidateThatIsTheSameIsPromoted() {
        for (boolean wave : new boolean[] {false, true}) {
            Ends ends = Ends.of(USUAL, new Traffic(wave, Change.NONE), CANARIES, wave ? 2 : 1);
            ends.print("the same, " + (wave ? "wave" : "steady"));
            assertThat((double) ends.latched / CANARIES)
                    .as("rolled back though the same, wave %s: %s", wave, ends)
                    .isLessThanOrEqualTo(0.015);
            assertThat((double) ends.promoted / CANARIES)
                    .as("promoted, wave %s: %s", wave, ends)
                    .isGreaterThan(0.8);
        }
    }

    /// Then there is only what was before to compare with, and the wave is another one.
    @Test
    void aCandidateThatIsTheSameIsPromotedThoughItHasAllRequestsInTheEnd() {
        List<StepSpec> steps = new ArrayList<>(USUAL.steps());
        steps.set(steps.size() - 1, StepSpec.share(StepSpec.ALL, Duration.ofMinutes(30), Require.NOT_WORSE));
        Map<String, RolloutSpec> all = Map.of(
                "a soak in the end", WholeRollout.usual(Strategy.CANARY, steps),
                "blue, then green",
                        WholeRollout.usual(Strategy.BLUE_GREEN, RolloutSpec.standardSteps(Strategy.BLUE_GREEN)));
        all.forEach((what, spec) -> {
            Ends ends = Ends.of(spec, new Traffic(true, Change.NONE), Math.max(5, WORSE), 5);
            ends.print("the same, " + what);
            assertThat(ends.latched).as("%s: %s", what, ends).isZero();
            assertThat((double) ends.promoted / ends.rollouts)
                    .as("promoted, %s: %s", what, ends)
                    .isGreaterThanOrEqualTo(0.8);
        });
    }

    @Test
    void aCandidateThatIsWorseIsRolledBack() {
        Map<String, Change> worse = Map.of(
                "3 x the errors", Change.errors(3),
                "5 x the errors", Change.errors(5),
                "p99 +100 %", Change.tail(2),
                "all +100 %", Change.latency(2),
                "PSI 0.5", Change.psi(0.5));
        for (Map.Entry<String, Change> each : new TreeMap<>(worse).entrySet()) {
            for (boolean wave : new boolean[] {false, true}) {
                Ends ends = Ends.of(USUAL, new Traffic(wave, each.getValue()), WORSE, wave ? 4 : 3);
                ends.print(each.getKey() + (wave ? ", wave" : ", steady"));
                assertThat(ends.latched)
                        .as("%s, wave %s: %s", each.getKey(), wave, ends)
                        .isEqualTo(WORSE);
            }
        }
    }

    /// What it was before does not speak for it.
    @Test
    void aCandidateThatBecomesWorseInALateStepIsRolledBack() {
        int half = 4;
        int nearlyAll = 5;
        becomes("3 x the errors from 50 % on", 3, half);
        becomes("3 x the errors from 95 % on", 3, nearlyAll);
        becomes("5 x the errors from 95 % on", 5, nearlyAll);
    }

    private static void becomes(String what, double errors, int from) {
        for (boolean wave : new boolean[] {false, true}) {
            Ends ends = Ends.of(
                    USUAL, new Traffic(wave, Change.NONE), new Traffic(wave, Change.errors(errors)), from, WORSE, 6);
            ends.print(what + (wave ? ", wave" : ", steady"));
            assertThat((double) ends.promoted / WORSE)
                    .as("promoted, %s, wave %s: %s", what, wave, ends)
                    .isLessThanOrEqualTo(0.2);
            assertThat((double) ends.latched / WORSE)
                    .as("%s, wave %s: %s", what, wave, ends)
                    .isGreaterThan(0.8);
        }
    }
}
