package dev.penstock.router.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShadowReportTest {
    private final ShadowTally tally = new ShadowTally();

    private void count(int primary, int shadow, double difference, int copies) {
        Compared.Verdict verdict = primary == shadow ? Compared.Verdict.AGREE : Compared.Verdict.DISAGREE;
        for (int i = 0; i < copies; i++) {
            tally.compared(
                    new Compared(verdict, List.of(new Compared.Labels(primary, shadow)), difference, difference),
                    i % 64);
        }
    }

    @Test
    void nothingIsKnownOfNoCopies() {
        ShadowReport report = ShadowReport.of(ShadowCounts.EMPTY);

        assertThat(report.agreement()).isNaN();
        assertThat(report.leastAgreement()).isZero();
        assertThat(report.mostAgreement()).isEqualTo(1);
        assertThat(report.differences().quantile(0.5)).isNaN();
        assertThat(report.shift().mean()).isNaN();
        assertThat(report.runs().ratio(0.5)).isNaN();
    }

    @Test
    void agreementHasBoundsThatHoldIt() {
        count(1, 1, 0, 960);
        count(1, 2, 0.5, 30);
        for (int i = 0; i < 10; i++) {
            tally.compared(Compared.UNLIKE, i);
        }

        ShadowReport report = ShadowReport.of(tally.counts());

        assertThat(report.agreed()).isEqualTo(960);
        assertThat(report.answered()).isEqualTo(1000);
        assertThat(report.agreement()).isCloseTo(0.96, within(1e-12));
        assertThat(report.leastAgreement()).isBetween(0.8, 0.96);
        assertThat(report.mostAgreement()).isBetween(0.96, 0.99);
        assertThat(report.shift().answers()).isEqualTo(990);
        assertThat(report.shift().mean()).isCloseTo(15.0 / 990, within(1e-12));
        assertThat(report.shift().lower()).isLessThan(report.shift().mean());
    }

    @Test
    void theTenMostFrequentMistakesAreShown() {
        count(3, 3, 0, 50);
        for (int shadow = 0; shadow < 12; shadow++) {
            if (shadow != 3) {
                count(3, shadow, 0, 1 + shadow);
            }
        }
        count(100, 5, 0, 40);

        ClassTable classes = ShadowReport.of(tally.counts()).classes();

        assertThat(classes.same()).isEqualTo(50);
        assertThat(classes.rows()).isEqualTo(50 + 78 - 4 + 40);
        assertThat(classes.mixed()).hasSize(10);
        assertThat(classes.mixed().getFirst()).isEqualTo(new ClassTable.Mixed(ShadowCounts.CLASSES - 1, 5, 40));
        assertThat(classes.mixed().get(1)).isEqualTo(new ClassTable.Mixed(3, 11, 12));
    }

    @Test
    void differencesAreSaidByTheEndsOfTheirBins() {
        count(1, 1, 0, 50);
        count(1, 1, 0.02, 49);
        count(1, 1, Double.POSITIVE_INFINITY, 1);

        DifferenceBins bins = ShadowReport.of(tally.counts()).differences();

        assertThat(bins.answers()).isEqualTo(100);
        assertThat(bins.bins()).hasSize(3);
        assertThat(bins.bins().getFirst().above()).isNaN();
        assertThat(bins.bins().get(1).above()).isCloseTo(0.01, within(1e-9));
        assertThat(bins.bins().get(1).upTo()).isCloseTo(0.0316, within(1e-4));
        assertThat(bins.quantile(0.5)).isZero();
        assertThat(bins.quantile(0.99)).isEqualTo(bins.bins().get(1).upTo());
        assertThat(bins.quantile(1)).isInfinite();
    }
}
