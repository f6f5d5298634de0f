package dev.penstock.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class EvidenceWatchTest {
    private static final MonitorPlan PLAN = Observed.plan(9);
    private static final Population SAME = Population.shifted(0);
    private static final Population MOVED = Population.shifted(0.5);
    private static final Population FAR = Population.shifted(0.9);

    private final RandomGenerator random = new SplittableRandom(7);
    private final EvidenceWatch watch = new EvidenceWatch(seen(100_000, SAME, SAME), DriftRules.STANDARD);

    @Test
    void aDriftIsToldBeforeAnyOfItsSubWindowsHasEnoughValues() {
        int subWindows = 0;
        while (!watch.report().status().alarming()) {
            watch.add(seen(100, SAME, MOVED));
            subWindows++;
            assertThat(subWindows).isLessThan(12);
        }

        assertThat(subWindows).isBetween(5, 7);
        FeatureEvidence value = evidence(watch.report(), Observed.VALUE);
        assertThat(value.status().alarming()).isTrue();
        assertThat(value.count()).isEqualTo(100L * subWindows);
        assertThat(value.psi()).isBetween(0.15, 0.5);
        assertThat(value.mean().up()).isGreaterThan(0);
    }

    @Test
    void evidenceOfWhatDoesNotMatterIsSpent() {
        for (int i = 0; i < 50; i++) {
            EvidenceReport report = watch.add(seen(50_000, SAME, Population.shifted(0.05)));

            assertThat(report.status().alarming()).isFalse();
            assertThat(evidence(report, Observed.VALUE).count()).isLessThanOrEqualTo(100_000);
        }
        // What does matter is found all the same.
        assertThat(watch.add(seen(50_000, SAME, FAR)).status().alarming()).isFalse();
        assertThat(watch.add(seen(50_000, SAME, FAR)).status()).isEqualTo(DriftStatus.CRITICAL);
    }

    @Test
    void oneInputOfManyIsTheModelsOnlyIfItIsPinned() {
        EvidenceWatch pinned =
                new EvidenceWatch(seen(100_000, SAME, SAME), DriftRules.STANDARD.withPinned(Set.of("x")));
        Cumulative moved = seen(5_000, FAR, SAME);
        watch.add(moved);
        pinned.add(moved);

        assertThat(watch.add(moved).status()).isEqualTo(DriftStatus.NOTICE);
        assertThat(pinned.add(moved).status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(evidence(watch.report(), "x[0]").status()).isEqualTo(DriftStatus.CRITICAL);
    }

    @Test
    void oneOddSubWindowWakesNobodyAndIsForgotten() {
        watch.add(seen(5_000, SAME, FAR));
        for (int i = 0; i < 5; i++) {
            assertThat(watch.report().status().alarming()).isFalse();
            watch.add(seen(5_000, SAME, SAME));
        }

        assertThat(evidence(watch.report(), Observed.VALUE).logEvidence()).isLessThan(0);
    }

    @Test
    void aSmallShiftOfAMeanIsToldAsOne() {
        int subWindows = 0;
        while (!evidence(watch.report(), Observed.VALUE).mean().shifting() || subWindows == 0) {
            watch.add(seen(200, SAME, Population.shifted(0.2)));
            subWindows++;
            assertThat(subWindows).isLessThan(30);
        }

        assertThat(evidence(watch.report(), Observed.VALUE).mean().shift()).isBetween(0.1, 0.4);
        assertThat(evidence(watch.report(), "x[3]").mean().shifting()).isFalse();
    }

    @Test
    void numbersTooLargeToBeAddedAreNoEvidenceOfAMeanAndStopNothing() {
        Cumulative before = seen(200, SAME, SAME);
        double[] sums = before.sums();
        sums[feature(Observed.VALUE).firstSlot() + Feature.Numeric.FIRST_BIN] = Double.POSITIVE_INFINITY;
        sums[feature("x[3]").firstSlot() + Feature.Numeric.FIRST_BIN] = Double.NaN;
        watch.add(Cumulative.of(PLAN, before.counts(), sums));
        assertThat(evidence(watch.report(), Observed.VALUE).mean().up()).isZero();

        int subWindows = 0;
        while (!evidence(watch.report(), Observed.VALUE).mean().shifting()) {
            watch.add(seen(200, SAME, Population.shifted(0.2)));
            subWindows++;
            assertThat(subWindows).isLessThan(30);
        }
        assertThat(evidence(watch.report(), Observed.VALUE).mean().shift()).isBetween(0.1, 0.4);
        assertThat(evidence(watch.report(), "x[3]").mean().shifting()).isFalse();
    }

    private static Feature feature(String name) {
        return new Observed(PLAN).feature(name);
    }

    private static FeatureEvidence evidence(EvidenceReport report, String name) {
        return report.features().stream()
                .filter(one -> one.feature().name().equals(name))
                .findFirst()
                .orElse(new FeatureEvidence(
                        PLAN.features().getFirst(),
                        DriftStatus.OK,
                        Double.NaN,
                        Double.NaN,
                        0,
                        Double.NaN,
                        MeanEvidence.UNKNOWN));
    }

    private Cumulative seen(long rows, Population first, Population answer) {
        Observed seen = new Observed(PLAN);
        for (int i = 0; i < 9; i++) {
            seen.bins("x[" + i + "]", (i == 0 ? first : SAME).sample(rows, random));
        }
        seen.bins(Observed.VALUE, answer.sample(rows, random));
        return seen.labels(rows / 2, rows / 4, rows - rows / 2 - rows / 4).counted();
    }
}
