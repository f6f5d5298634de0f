package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// How soon a canary that is worse is rolled back, at a tenth of a thousand requests a minute, looked at every
/// minute. The tables are printed; `-Dcanaries=10000` has them made of a tenth as many for each kind.
class DetectionTimeTest {
    private static final int CANARIES = Math.max(10, Integer.getInteger("canaries", 100) / 10);

    @Test
    void moreErrors() {
        List<Row> rows = new ArrayList<>();
        for (double factor : new double[] {1.5, 2, 3, 5}) {
            rows.add(run(factor + " x the errors", Change.errors(factor), "errors"));
        }
        print("errors", rows);
        assertThat(rows.get(1).noMargin().share()).as("twice as many").isGreaterThan(0.95);
        assertThat(rows.get(1).noMargin().median()).isLessThanOrEqualTo(20);
        assertThat(rows.get(2).usual().share()).as("three times as many").isEqualTo(1);
        assertThat(rows.get(2).usual().median()).isLessThanOrEqualTo(12);
        assertThat(rows.get(3).usual().median()).isLessThanOrEqualTo(5);
        serversFindAsMuch(rows);
    }

    @Test
    void slower() {
        List<Row> rows = List.of(
                run("p99 +30 %", Change.tail(1.3), "p99"),
                run("p99 +50 %", Change.tail(1.5), "p99"),
                run("p99 +100 %", Change.tail(2), "p99"),
                run("all +30 %", Change.latency(1.3), "p50"),
                run("all +100 %", Change.latency(2), "p50"));
        print("latency", rows);
        assertThat(rows.get(0).noMargin().share()).as("p99 +30 %").isGreaterThan(0.95);
        assertThat(rows.get(2).usual().share()).as("p99 +100 %").isEqualTo(1);
        assertThat(rows.get(2).usual().median()).isLessThanOrEqualTo(15);
        assertThat(rows.get(4).usual().median()).as("all +100 %").isLessThanOrEqualTo(3);
        assertThat(rows.get(2).servers().shareBy(50))
                .as("p99 +100 %, of 5,000 requests")
                .isGreaterThanOrEqualTo(0.95);
        serversFindAsMuch(rows);
    }

    @Test
    void otherPredictions() {
        List<Row> rows = List.of(
                run("PSI 0.04", Change.psi(0.04), "drift"),
                run("PSI 0.1", Change.psi(0.1), "drift"),
                run("PSI 0.5", Change.psi(0.5), "drift"));
        print("predictions", rows);
        assertThat(rows.get(1).noMargin().share()).as("PSI 0.1").isEqualTo(1);
        assertThat(rows.get(1).noMargin().median()).isLessThanOrEqualTo(6);
        assertThat(rows.get(1).usual().share())
                .as("PSI 0.1 is less than what matters")
                .isLessThan(0.05);
        assertThat(rows.get(2).usual().median()).as("PSI 0.5").isLessThanOrEqualTo(10);
        serversFindAsMuch(rows);
    }

    /// What is found by the evidence alone, servers find as well, and not much later: they count a bucket's
    /// failures once in five minutes.
    private static void serversFindAsMuch(List<Row> rows) {
        for (Row row : rows) {
            if (row.usual().share() == 1) {
                assertThat(row.servers().share()).as(row.name()).isEqualTo(1);
                assertThat(row.servers().median())
                        .as(row.name())
                        .isLessThanOrEqualTo(1.25 * row.usual().median() + 2);
            }
        }
    }

    private record Row(String name, List<Outcome> outcomes) {
        Outcome usual() {
            return outcomes.get(0);
        }

        Outcome noMargin() {
            return outcomes.get(2);
        }

        Outcome servers() {
            return outcomes.get(5);
        }
    }

    private static Row run(String name, Change change, String watched) {
        String naive = watched.equals("p50") ? "p99" : watched;
        List<Outcome> outcomes = List.of(
                new Outcome("as usual", CANARIES, EvidenceRule::usual),
                new Outcome("alone", CANARIES, () -> EvidenceRule.onlyBeyondMargin(watched)),
                new Outcome("alone, no margin", CANARIES, () -> EvidenceRule.only(watched)),
                new Outcome("tests", CANARIES, () -> new NaiveTests(naive)),
                new Outcome("limits", CANARIES, () -> Naive.thresholds(naive)),
                new Outcome("as servers judge", CANARIES, JudgeRule::new));
        new Canaries(new Traffic(false, change), Steps.TENTH, name.hashCode()).run(CANARIES, outcomes);
        return new Row(name, outcomes);
    }

    private static void print(String what, List<Row> rows) {
        System.out.printf(
                Locale.ROOT, "%nrolled back in two hours, half of them after; %s, %d canaries%n", what, CANARIES);
        System.out.printf(
                Locale.ROOT,
                "%-18s %-16s %-16s %-16s %-16s %-16s %-16s%n",
                "canary",
                "as usual",
                "alone",
                "no margin",
                "test a minute",
                "limit",
                "servers");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "%-18s %-16s %-16s %-16s %-16s %-16s %-16s%n",
                    row.name(),
                    row.outcomes().get(0),
                    row.outcomes().get(1),
                    row.outcomes().get(2),
                    row.outcomes().get(3),
                    row.outcomes().get(4),
                    row.outcomes().get(5));
        }
    }
}
