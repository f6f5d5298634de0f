package dev.penstock.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void aDifferenceIsAsUnsureAsBothTogether() {
        Interval difference = new Interval(7, 10, 14).minus(new Interval(1, 5, 8));

        assertThat(difference.estimate()).isEqualTo(5);
        assertThat(difference.low()).isCloseTo(5 - Math.sqrt(18), within(1e-9));
        assertThat(difference.high()).isCloseTo(5 + Math.sqrt(32), within(1e-9));
    }

    @Test
    void aRatioToWhatIsSureHasTheSameBoundsDivided() {
        Interval ratio = new Interval(8, 10, 20).ratioTo(new Interval(4, 4, 4));

        assertThat(ratio.low()).isCloseTo(2, within(1e-9));
        assertThat(ratio.estimate()).isCloseTo(2.5, within(1e-9));
        assertThat(ratio.high()).isCloseTo(5, within(1e-9));
    }

    @Test
    void aBaseThatMayBeAnythingMakesARatioThatMayBeNearNothing() {
        Interval ratio = new Interval(8, 10, 20).ratioTo(new Interval(4, 5, Double.POSITIVE_INFINITY));

        assertThat(ratio.low()).isZero();
        assertThat(ratio.high()).isLessThan(Double.POSITIVE_INFINITY);
        assertThat(Verdict.of(Metric.P99.worsening(ratio), 0)).isEqualTo(Verdict.NO_DIFFERENCE_SHOWN);
    }

    @Test
    void nothingIsKnownOfARatioToNothing() {
        Interval ratio = new Interval(1, 2, 3).ratioTo(new Interval(0, 0, 0));

        assertThat(ratio.isKnown()).isFalse();
        assertThat(Verdict.of(Metric.P99.worsening(ratio), 0)).isEqualTo(Verdict.NOT_ENOUGH_DATA);
    }

    @Test
    void lessRateIsWorseAndLessTimeIsBetter() {
        Interval less = new Interval(0.8, 0.85, 0.9);

        assertThat(Verdict.of(Metric.RATE.worsening(less), 0.01)).isEqualTo(Verdict.WORSE);
        assertThat(Verdict.of(Metric.P50.worsening(less), 0.01)).isEqualTo(Verdict.BETTER);
        assertThat(Verdict.of(Metric.RATE.worsening(less), 0.1)).isEqualTo(Verdict.NO_DIFFERENCE_SHOWN);
    }

    @Test
    void aLimitInsideTheBoundsIsUndecided() {
        Interval worsening = new Interval(0.02, 0.04, 0.06);

        assertThat(LimitVerdict.of(worsening, 0.01)).isEqualTo(LimitVerdict.EXCEEDED);
        assertThat(LimitVerdict.of(worsening, 0.05)).isEqualTo(LimitVerdict.UNDECIDED);
        assertThat(LimitVerdict.of(worsening, 0.06)).isEqualTo(LimitVerdict.KEPT);
        assertThat(LimitVerdict.of(Interval.unknown(0), 0.06)).isEqualTo(LimitVerdict.UNDECIDED);
    }
}
