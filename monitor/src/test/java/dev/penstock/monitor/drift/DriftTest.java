package dev.penstock.monitor.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftTest {
    private static final int INPUTS = 8;
    private static final MonitorPlan PLAN = Observed.plan(INPUTS);
    private static final long M = 10_000;

    private final Random random = new Random(61);

    @Test
    void whatIsTheSameHasNotDrifted() {
        DriftReport report = report(usual(M), usual(5_000));

        assertThat(report.status()).isEqualTo(DriftStatus.OK);
        assertThat(report.share()).isZero();
        assertThat(report.rows()).isEqualTo(5_000);
        assertThat(report.features()).hasSize(INPUTS + 2).allSatisfy(feature -> {
            assertThat(feature.count()).isEqualTo(5_000);
            assertThat(feature.baselineCount()).isEqualTo(M);
            assertThat(feature.distribution().psi()).isLessThan(0.02);
        });
    }

    @Test
    void theSameCountsDifferInNothing() {
        Observed same = usual(M);
        FeatureDrift value = of(report(same, same), Observed.VALUE);

        assertThat(value.distribution().psi()).isZero();
        assertThat(value.distribution().ks()).isZero();
        assertThat(value.distribution().wasserstein()).isZero();
        assertThat(value.distribution().pNoDrift()).isEqualTo(1);
    }

    @Test
    void anAnswerThatMovedIsAnAlarmOfTheModel() {
        Observed window =
                usual(5_000).bins(Observed.VALUE, Population.shifted(1).sample(5_000, random));

        DriftReport report = report(usual(M), window);

        FeatureDrift value = of(report, Observed.VALUE);
        assertThat(value.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(value.distribution().pCritical()).isLessThan(1e-6);
        assertThat(value.distribution().ks()).isCloseTo(0.383, within(0.03)); // 2 Phi(1/2) - 1
        assertThat(report.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(report.share()).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void oneInputOfManyIsToldAndNoAlarm() {
        Observed window = usual(5_000).bins("x[3]", Population.shifted(1).sample(5_000, random));

        DriftReport report = report(usual(M), window);

        assertThat(of(report, "x[3]").status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(report.status()).isEqualTo(DriftStatus.NOTICE);
    }

    @Test
    void manyInputsAreAnAlarmOfTheModel() {
        Observed window = usual(5_000);
        for (int i = 0; i < 4; i++) {
            window.bins("x[" + i + "]", Population.shifted(0.5).sample(5_000, random));
        }

        assertThat(report(usual(M), window).status()).isEqualTo(DriftStatus.WARNING);
    }

    @Test
    void whatIsSignificantAndDoesNotMatterIsANotice() {
        Observed baseline = usual(1_000_000);
        Observed window =
                usual(1_000_000).bins(Observed.VALUE, Population.shifted(0.05).sample(1_000_000, random));

        FeatureDrift value = of(report(baseline, window), Observed.VALUE);

        assertThat(value.distribution().pNoDrift()).isLessThan(1e-10);
        assertThat(value.distribution().psi()).isLessThan(0.01);
        assertThat(value.status()).isEqualTo(DriftStatus.NOTICE);
    }

    @Test
    void aLargeIndexOfFewValuesIsNotEnough() {
        Observed window = usual(400).bins(Observed.VALUE, Population.shifted(1).sample(400, random));

        DriftReport report = report(usual(M), window);

        assertThat(of(report, Observed.VALUE).status()).isEqualTo(DriftStatus.INSUFFICIENT);
        assertThat(of(report, Observed.VALUE).distribution().psi()).isNaN();
        assertThat(report.status()).isEqualTo(DriftStatus.INSUFFICIENT);
        assertThat(report.share()).isNaN();
    }

    @Test
    void valuesThatAreNoneCountByTheirShare() {
        Observed window = usual(5_000).special(Observed.VALUE, Feature.Numeric.NAN, 120);

        FeatureDrift value = of(report(usual(M), window), Observed.VALUE);

        assertThat(value.status()).isEqualTo(DriftStatus.WARNING);
        assertThat(value.shares()).anySatisfy(share -> {
            assertThat(share.kind()).isEqualTo(ShareChange.Kind.NAN);
            assertThat(share.count()).isEqualTo(120);
            assertThat(share.window()).isCloseTo(120.0 / 5_120, within(1e-12));
        });
        assertThat(value.reasons()).extracting(ShareChange::kind).containsExactly(ShareChange.Kind.NAN);
    }

    @Test
    void whereTheDistributionDecidesNoShareIsTheReason() {
        Observed window = usual(5_000).bins("x[3]", Population.shifted(1).sample(5_000, random));

        DriftReport report = report(usual(M), window);

        assertThat(of(report, "x[3]").reasons()).isEmpty();
        assertThat(of(report, "x[2]").reasons()).isEmpty();
    }

    @Test
    void nothingButValuesThatAreNoneIsCriticalToo() {
        Observed window = usual(5_000).bins(Observed.VALUE, new long[22]);
        window.special(Observed.VALUE, Feature.Numeric.MISSING, 5_000);

        FeatureDrift value = of(report(usual(M), window), Observed.VALUE);

        assertThat(value.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(value.distribution().psi()).isNaN();
    }

    @Test
    void aShareThatMayWellBeChanceIsANotice() {
        Observed baseline = usual(M).special(Observed.VALUE, Feature.Numeric.NAN, M / 4);
        Observed likely = usual(800).special(Observed.VALUE, Feature.Numeric.NAN, 255);
        Observed not = usual(800).special(Observed.VALUE, Feature.Numeric.NAN, 290);

        assertThat(of(report(baseline, likely), Observed.VALUE).status()).isEqualTo(DriftStatus.NOTICE);
        assertThat(of(report(baseline, not), Observed.VALUE).status()).isEqualTo(DriftStatus.CRITICAL);
    }

    @Test
    void categoriesOfWhichSomeWereNeverKnownHaveToDifferByMoreThanTheBaselinesErrorToo() {
        long rows = 400_000;
        Observed baseline = usual(10_000).special(Observed.LABEL, Feature.Categorical.UNSEEN, 1_900);
        Observed window = usual(rows).special(Observed.LABEL, Feature.Categorical.UNSEEN, 82_340);

        FeatureDrift label = of(report(baseline, window), Observed.LABEL);

        assertThat(label.shares()).anySatisfy(share -> {
            assertThat(share.kind()).isEqualTo(ShareChange.Kind.UNSEEN);
            assertThat(share.window() - share.baseline()).isGreaterThan(0.01);
        });
        assertThat(label.status()).isEqualTo(DriftStatus.NOTICE);
    }

    @Test
    void fewerOddValuesThanBeforeAreNoFault() {
        Observed baseline = usual(M).special(Observed.VALUE, Feature.Numeric.NAN, 2_000);

        assertThat(of(report(baseline, usual(5_000)), Observed.VALUE).status()).isEqualTo(DriftStatus.OK);
    }

    @Test
    void unseenCategoriesAreFoundHoweverFew() {
        Observed one = usual(1_000).special(Observed.LABEL, Feature.Categorical.UNSEEN, 1);
        Observed many = usual(1_000).special(Observed.LABEL, Feature.Categorical.UNSEEN, 20);

        assertThat(of(report(usual(M), one), Observed.LABEL).status()).isEqualTo(DriftStatus.OK);
        FeatureDrift label = of(report(usual(M), many), Observed.LABEL);
        assertThat(label.status()).isEqualTo(DriftStatus.WARNING);
        assertThat(label.distribution().psi()).isLessThan(0.02);
    }

    @Test
    void labelsThatShiftAreFound() {
        Observed window = usual(5_000).labels(1_000, 1_000, 3_000);

        FeatureDrift label = of(report(usual(M), window), Observed.LABEL);

        assertThat(label.status()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(label.distribution().ks()).isNaN();
        assertThat(label.distribution().totalVariation()).isCloseTo(0.4, within(0.02));
    }

    @Test
    void countsOfAnotherPlanAreRefused() {
        assertThatThrownBy(() ->
                        Drift.of(usual(M).counted(), new Observed(Observed.plan(3)).counted(), DriftRules.STANDARD))
                .hasMessageContaining("cannot be held against");
    }

    private Observed usual(long rows) {
        Observed observed = new Observed(PLAN).labels(rows / 2, rows * 3 / 10, rows - rows / 2 - rows * 3 / 10);
        observed.bins(Observed.VALUE, Population.shifted(0).sample(rows, random));
        for (int i = 0; i < INPUTS; i++) {
            observed.bins("x[" + i + "]", Population.shifted(0).sample(rows, random));
        }
        return observed;
    }

    private static DriftReport report(Observed baseline, Observed window) {
        return Drift.of(baseline.counted(), window.counted(), DriftRules.STANDARD);
    }

    private static FeatureDrift of(DriftReport report, String name) {
        return report.features().stream()
                .filter(feature -> feature.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
