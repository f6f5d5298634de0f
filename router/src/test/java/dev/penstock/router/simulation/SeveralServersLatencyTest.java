package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.statistics.Binomial;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.MetricReading;
import dev.penstock.router.rollout.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is claimed of latencies and failures where several servers count them, each of them each bucket once
/// for itself. The few canaries of the short form cannot tell how often the same is rolled back, which was
/// seldom enough for them without any division, too: that tells `-Dcanaries=1000` only. It has
/// all tables made, of a tenth as many canaries for each row, and printed.
final class SeveralServersLatencyTest {
    private static final boolean WHOLE = Integer.getInteger("canaries") != null;
    private static final int CANARIES = Math.max(12, Integer.getInteger("canaries", 0) / 10);
    private static final double ALPHA = 0.05;

    /// Of which it is looked at how near they come to a claim.
    private static final int FEW = 8;

    /// So that the seldom ones take the longer.
    private static final double SLOW_MILLIS = 0.8;

    private enum Claim {
        ROLLED_BACK("as usual"),
        ERRORS("errors alone"),
        P99("p99 alone"),
        P99_PROVEN("p99 proven");

        private final String text;

        Claim(String text) {
            this.text = text;
        }

        private boolean isMadeBy(Judgement judged) {
            return judged.readings().stream().anyMatch(this::isMadeBy);
        }

        private boolean isMadeBy(MetricReading reading) {
            return switch (this) {
                case ROLLED_BACK -> reading.verdict() == Verdict.FAIL;
                case ERRORS -> reading.metric().equals("errors") && isEnough(reading);
                case P99 -> reading.metric().equals("latency-p99") && isEnough(reading);
                case P99_PROVEN ->
                    reading.metric().equals("latency-p99") && reading.evidence().promote() >= -Math.log(ALPHA);
            };
        }

        /// With all of alpha.
        private static boolean isEnough(MetricReading reading) {
            return reading.evidence().rollback() >= -Math.log(ALPHA);
        }
    }

    /// Some canaries.
    ///
    /// @param apart whether it is known that servers counted each for itself
    /// @param steps whether the canary's share grows
    /// @param slow which part of the crowd asks what takes so much longer that the p99 is there
    private record Row(String text, Fleet fleet, boolean apart, boolean steps, Change change, double slow) {
        static Row same(Fleet fleet) {
            return new Row("the same", fleet, true, false, Change.NONE, 0.02);
        }

        Row asOne() {
            return new Row(text + ", not divided", fleet, false, steps, change, slow);
        }

        Row inSteps() {
            return new Row(text + ", in steps", fleet, apart, true, change, slow);
        }

        Row with(String what, Change other) {
            return new Row(what, fleet, apart, steps, other, slow);
        }

        /// One in a hundred asks what takes ten times as long.
        Row harder() {
            return new Row(text + ", 1 in 100", fleet, apart, steps, change, 0.01);
        }

        /// In which minute each was claimed of each canary, in order, if it was.
        Map<Claim, List<Integer>> run() {
            Map<Claim, List<Integer>> minutes = new EnumMap<>(Claim.class);
            for (Claim claim : Claim.values()) {
                minutes.put(claim, new ArrayList<>());
            }
            for (int i = 0; i < CANARIES; i++) {
                Map<Claim, Integer> first = one(new Draws(23_000_000 + i));
                first.forEach((claim, minute) ->
                        minutes.getOrDefault(claim, List.of()).add(minute));
            }
            minutes.values().forEach(Collections::sort);
            return minutes;
        }

        /// What there ever was against the p99 of each of a few, as ln E.
        List<Double> highest() {
            List<Double> all = new ArrayList<>();
            for (int i = 0; i < FEW; i++) {
                FleetCanary canary = canary(new Draws(23_000_000 + i));
                double highest = 0;
                while (canary.goesOn()) {
                    highest = Math.max(highest, againstP99(canary.judged()));
                }
                all.add(highest);
            }
            return all;
        }

        private static double againstP99(Judgement judged) {
            return judged.readings().stream()
                    .filter(reading -> reading.metric().equals("latency-p99"))
                    .mapToDouble(reading -> reading.evidence().rollback())
                    .max()
                    .orElse(0);
        }

        private FleetCanary canary(Draws draws) {
            Crowd crowd = new Crowd(draws, slow, SLOW_MILLIS / slow);
            return new FleetCanary(fleet, apart, steps, change, crowd, draws);
        }

        private Map<Claim, Integer> one(Draws draws) {
            FleetCanary canary = canary(draws);
            Map<Claim, Integer> first = new EnumMap<>(Claim.class);
            while (canary.goesOn()) {
                for (Claim claim : Claim.values()) {
                    if (claim.isMadeBy(canary.judged())) {
                        first.putIfAbsent(claim, canary.minute());
                    }
                }
            }
            return first;
        }
    }

    @Test
    void whatSeveralServersCountOnceIsNoMoreEvidenceThanOfOne() {
        for (Fleet fleet : WHOLE ? List.of(Fleet.values()) : List.of(Fleet.UNEVEN, Fleet.TEN)) {
            mayBe(Row.same(fleet));
            if (WHOLE) {
                mayBe(Row.same(fleet).inSteps());
                mayBe(Row.same(fleet).harder());
                print(Row.same(fleet).with("1.25 x the errors", Change.errors(1.25)));
            }
        }
        for (Fleet fleet : WHOLE ? List.of(Fleet.EVEN, Fleet.TEN) : List.<Fleet>of()) {
            print(Row.same(fleet).asOne());
            print(Row.same(fleet).harder().asOne());
            print(Row.same(fleet).with("1.25 x the errors", Change.errors(1.25)).asOne());
        }
    }

    /// Of the same draws: so few are hardly ever rolled back either way, but how near they come to it differs.
    @Test
    void withoutDivisionTheSameIsMoreEvidence() {
        List<Double> divided = Row.same(Fleet.TEN).harder().highest();
        List<Double> whole = Row.same(Fleet.TEN).harder().asOne().highest();
        assertThat(sum(whole)).as("%s", whole).isGreaterThan(2);
        assertThat(sum(divided)).as("%s, not divided %s", divided, whole).isLessThan(0.5 * sum(whole));
    }

    @Test
    void whoIsWorseIsFoundByTheRestOfIt() {
        for (Fleet fleet : WHOLE ? List.of(Fleet.values()) : List.of(Fleet.EVEN)) {
            if (WHOLE) {
                print(Row.same(fleet).with("p99 +30 %", Change.tail(1.3)));
            }
            var slower = print(Row.same(fleet).with("p99 +100 %", Change.tail(2)));
            assertThat(share(slower, Claim.P99)).as(fleet.text()).isGreaterThan(0.1);
            var failing = print(Row.same(fleet).with("3 x the errors", Change.errors(3)));
            assertThat(share(failing, Claim.ERRORS)).as(fleet.text()).isGreaterThan(0.4);
        }
    }

    private static double sum(List<Double> all) {
        return all.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static void mayBe(Row row) {
        int rolledBack = print(row).getOrDefault(Claim.ROLLED_BACK, List.of()).size();
        assertThat(Binomial.atLeast(rolledBack, CANARIES, ALPHA))
                .as("%s, %s: %d of %d", row.fleet().text(), row.text(), rolledBack, CANARIES)
                .isGreaterThan(0.001);
    }

    private static double share(Map<Claim, List<Integer>> minutes, Claim claim) {
        return (double) minutes.getOrDefault(claim, List.of()).size() / (double) CANARIES;
    }

    private static Map<Claim, List<Integer>> print(Row row) {
        Map<Claim, List<Integer>> minutes = row.run();
        if (WHOLE) {
            System.out.printf(Locale.ROOT, "%-20s %-32s", row.fleet().text(), row.text());
            for (Claim claim : Claim.values()) {
                System.out.printf(Locale.ROOT, " %s %-16s", claim.text, found(minutes, claim));
            }
            System.out.println();
        }
        return minutes;
    }

    private static String found(Map<Claim, List<Integer>> minutes, Claim claim) {
        List<Integer> of = minutes.getOrDefault(claim, List.of());
        String found = String.format(Locale.ROOT, "%.1f %%", 100 * share(minutes, claim));
        return of.size() > CANARIES / 2 ? found + ", " + of.get(CANARIES / 2) + " min" : found;
    }
}
