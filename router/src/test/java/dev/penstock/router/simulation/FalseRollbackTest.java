package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.evidence.ErrorBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// How often a canary that is the same as its control is rolled back, looked at every minute for two hours. The
/// tables are printed; `-Dcanaries=10000` has them made of as many.
class FalseRollbackTest {
    private static final int CANARIES = Integer.getInteger("canaries", 100);

    @Test
    void aCanaryThatIsTheSameStaysAtATenth() {
        check(Steps.TENTH);
    }

    @Test
    void aCanaryThatIsTheSameStaysThroughAllSteps() {
        assertThat(check(Steps.USUAL).proven()).as("proven to be no worse").isGreaterThan(0.8);
    }

    private static Outcome check(Steps steps) {
        List<Outcome> quiet = run(steps, false, CANARIES);
        List<Outcome> wave = run(steps, true, CANARIES);
        print(steps, quiet, wave);
        for (List<Outcome> outcomes : List.of(quiet, wave)) {
            assertThat(outcomes.getFirst().share())
                    .as("rolled back, %s, %d canaries", steps, CANARIES)
                    .isLessThanOrEqualTo(0.015);
            for (Outcome single : outcomes.subList(1, 5)) {
                assertThat(single.mayBe(ErrorBudget.DEFAULT_ALPHA))
                        .as("%s, %s, %d canaries: %s", single.name(), steps, CANARIES, single)
                        .isTrue();
            }
            assertThat(outcomes.get(5).share()).as("tests every minute").isGreaterThan(0.2);
            if (steps == Steps.TENTH) {
                assertThat(outcomes.getLast().share())
                        .as("as servers judge, %d canaries", CANARIES)
                        .isLessThanOrEqualTo(0.015);
            }
        }
        return wave.getFirst();
    }

    private static List<Outcome> run(Steps steps, boolean wave, int canaries) {
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(new Outcome("evidence, usual margins and budget", canaries, EvidenceRule::usual));
        for (String watched : List.of("errors", "p50", "p99", "drift")) {
            outcomes.add(new Outcome(watched + " alone, no margin", canaries, () -> EvidenceRule.only(watched)));
        }
        outcomes.add(new Outcome("errors: z-test", canaries, () -> new NaiveTests("errors")));
        outcomes.add(new Outcome("p99: z-test of the share above", canaries, () -> new NaiveTests("p99")));
        outcomes.add(new Outcome("drift: chi-squared", canaries, () -> new NaiveTests("drift")));
        outcomes.add(new Outcome("any of these tests", canaries, () -> new NaiveTests("all")));
        outcomes.add(new Outcome("errors > 3 %, limit 3", canaries, () -> Naive.thresholds("errors")));
        outcomes.add(new Outcome("p99 > 1.25 x usual, limit 3", canaries, () -> Naive.thresholds("p99")));
        outcomes.add(new Outcome("PSI > 0.1, limit 3", canaries, () -> Naive.thresholds("drift")));
        outcomes.add(new Outcome("any of these limits", canaries, () -> Naive.thresholds("all")));
        if (steps == Steps.TENTH) {
            outcomes.add(new Outcome("as servers judge", canaries, JudgeRule::new));
        }
        new Canaries(new Traffic(wave, Change.NONE), steps, wave ? 2 : 1).run(canaries, outcomes);
        return outcomes;
    }

    private static void print(Steps steps, List<Outcome> quiet, List<Outcome> wave) {
        System.out.printf(Locale.ROOT, "%nrolled back though the same, %d canaries, %s%n", CANARIES, steps);
        System.out.printf(Locale.ROOT, "%-42s %10s %10s%n", "rule", "steady", "wave");
        for (int i = 0; i < quiet.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%-42s %8.2f %% %8.2f %%%n",
                    quiet.get(i).name(),
                    100 * quiet.get(i).share(),
                    100 * wave.get(i).share());
        }
        System.out.printf(
                Locale.ROOT,
                "%-42s %8.2f %% %8.2f %%%n",
                "proven to be no worse after two hours",
                100 * quiet.getFirst().proven(),
                100 * wave.getFirst().proven());
    }
}
