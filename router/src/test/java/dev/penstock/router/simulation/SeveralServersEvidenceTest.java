package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Judgement;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How often a candidate that is the same is rolled back where several servers count it, each of them the
/// same units and buckets for itself. The table is printed; `-Dcanaries=1000` has it made of as many.
final class SeveralServersEvidenceTest {
    private static final int CANARIES = Integer.getInteger("canaries", 12);
    private static final double ALPHA = 0.05;

    /// How requests are divided among servers.
    private record Division(String text, List<Double> shares) {
        private static final Division EVEN = new Division("three, evenly", List.of(1 / 3.0, 1 / 3.0, 1 / 3.0));
        private static final List<Division> ALL = List.of(
                new Division("one server", List.of(1.0)),
                EVEN,
                new Division("three, 80/10/10", List.of(0.8, 0.1, 0.1)));
    }

    /// Of all candidates.
    private record Found(double rolledBack, double byErrors, double byAnswers, double mismatched) {}

    /// What is kept of one candidate.
    private record Seen(Set<String> failed, double mismatchLogE) {}

    @Test
    void chanceRaisesNoMoreAlarmsThanWithOneServer() {
        System.out.printf(Locale.ROOT, "%nthe same, counted by several servers, %d candidates%n", CANARIES);
        System.out.printf(
                Locale.ROOT, "%-36s %12s %10s %10s %10s%n", "", "rolled back", "errors", "answers", "mismatch");
        for (Division division : Division.ALL) {
            Found divided = run(division, true);
            print(division.text(), divided);
            assertThat(divided.rolledBack()).as(division.text()).isLessThanOrEqualTo(ALPHA);
            assertThat(divided.mismatched()).as(division.text()).isZero();
        }
        Found naive = run(Division.EVEN, false);
        print("three, evenly, as if they were one", naive);
        assertThat(naive.mismatched() + naive.byAnswers())
                .as("what is found here can be found")
                .isPositive();
    }

    private static void print(String what, Found found) {
        System.out.printf(
                Locale.ROOT,
                "%-36s %10.1f %% %8.1f %% %8.1f %% %8.1f %%%n",
                what,
                100 * found.rolledBack(),
                100 * found.byErrors(),
                100 * found.byAnswers(),
                100 * found.mismatched());
    }

    /// @param apart whether it is known that servers counted each for itself
    private static Found run(Division division, boolean apart) {
        int rolledBack = 0;
        int errors = 0;
        int answers = 0;
        int mismatched = 0;
        List<Seen> all = Seeds.each(CANARIES, i -> {
            SharedCanary canary = new SharedCanary(division.shares(), apart, 17_000_000 + i);
            canary.run();
            return new Seen(Set.copyOf(canary.failed()), canary.mismatchLogE());
        });
        for (Seen canary : all) {
            rolledBack += canary.failed().isEmpty() ? 0 : 1;
            errors += canary.failed().contains("errors") ? 1 : 0;
            answers += canary.failed().contains("prediction-drift") ? 1 : 0;
            mismatched += canary.mismatchLogE() >= Judgement.MISMATCH ? 1 : 0;
        }
        return new Found(share(rolledBack), share(errors), share(answers), share(mismatched));
    }

    private static double share(int some) {
        return (double) some / (double) CANARIES;
    }
}
