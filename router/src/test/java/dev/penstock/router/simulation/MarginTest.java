package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyScale;
import dev.penstock.router.evidence.ErrorBudget;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.QuantileTest;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// How often a canary that is exactly as much worse as is allowed is rolled back, and how often one that is
/// just too bad is proven to be good enough: at 5 % each, looked at every minute. The table is printed;
/// `-Dcanaries=10000` has it made of a tenth as many, and without it there is none: [ManyCanariesTest] asks
/// as much of more canaries in less time.
@EnabledIfSystemProperty(named = "canaries", matches = "[0-9]+")
class MarginTest {
    private static final int CANARIES = Math.max(20, Integer.getInteger("canaries", 200) / 10);

    @Test
    void whatIsJustAllowedStaysAndWhatIsJustTooBadIsNotProven() {
        double allowed = Math.pow(2, 4.0 / 16);
        double tooSlow = Math.pow(2, 8.0 / 16);
        System.out.printf(Locale.ROOT, "%nat the margin, %d canaries%n", CANARIES);
        check("rolled back, 1.25 x the errors", Change.errors(1.25), () -> EvidenceRule.onlyBeyondMargin("errors"));
        check("rolled back, all 1.19 x as long", Change.latency(allowed), () -> EvidenceRule.onlyBeyondMargin("p50"));
        check("rolled back, p99 1.19 x as long", Change.tail(allowed), () -> EvidenceRule.onlyBeyondMargin("p99"));
        check("proven, 1.5 x the errors", Change.errors(1.5), () -> new Proof("errors"));
        check("proven, all 1.41 x as long", Change.latency(tooSlow), () -> new Proof("p50"));
        check("proven, p99 1.41 x as long", Change.tail(tooSlow), () -> new Proof("p99"));
    }

    private static void check(String name, Change change, Supplier<Rule> rule) {
        for (Steps steps : Steps.values()) {
            Outcome steady = new Outcome(name, CANARIES, rule);
            Outcome wave = new Outcome(name, CANARIES, rule);
            new Canaries(new Traffic(false, change), steps, 5).run(CANARIES, List.of(steady));
            new Canaries(new Traffic(true, change), steps, 6).run(CANARIES, List.of(wave));
            System.out.printf(
                    Locale.ROOT,
                    "%-38s %-6s %8.2f %% steady %8.2f %% wave%n",
                    name,
                    steps,
                    100 * steady.share(),
                    100 * wave.share());
            for (Outcome outcome : List.of(steady, wave)) {
                assertThat(outcome.mayBe(ErrorBudget.DEFAULT_ALPHA))
                        .as("%s, %s: %s", name, steps, outcome)
                        .isTrue();
            }
        }
    }

    /// Says when a canary has been proven to be good enough.
    private static final class Proof implements Rule {
        private static final double LOG_PROVEN = Math.log(20);

        private final String watched;
        private PairCounts counts;

        Proof(String watched) {
            this.watched = watched;
            this.counts = PairCounts.none(watched.equals("errors") ? 1 : LatencyScale.BUCKETS);
        }

        @Override
        public boolean rollsBack(Minute minute) {
            int shift = QuantileTest.shiftAtMost(1.41);
            return switch (watched) {
                case "errors" -> {
                    counts = counts.plus(
                            minute.pool(),
                            minute.canary().failures(),
                            minute.control().failures());
                    yield FailureArm.logNotWorse(counts, 1.5) >= LOG_PROVEN;
                }
                default -> {
                    counts = counts.plus(
                            minute.pool(),
                            minute.canary().latencies(),
                            minute.control().latencies());
                    QuantileTest test = QuantileTest.of(watched.equals("p50") ? 0.5 : 0.99);
                    yield test.logNotSlower(counts, shift) >= LOG_PROVEN;
                }
            };
        }
    }
}
