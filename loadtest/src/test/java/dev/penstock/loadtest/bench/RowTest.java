package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowTest {
    @Test
    void whatIsBelowTheBarIsReachedHoweverFastTheMachineIs() {
        assertThat(Row.atMostOnReference("x", 2.9, "µs", "", 3, 0.5).verdict().text())
                .isEqualTo("reached");
    }

    @Test
    void onASlowerMachineTheBarIsHigher() {
        assertThat(Row.atMostOnReference("x", 5, "µs", "", 3, 2).verdict())
                .isEqualTo(new Row.Verdict(true, "reached by the ratio: this machine is 2.00 x slower, bar 6.00"));
    }

    @Test
    void onAFasterOneItIsNotLower() {
        assertThat(Row.atMostOnReference("x", 3.3, "µs", "", 3, 0.5).verdict())
                .isEqualTo(new Row.Verdict(false, "missed by 10.0 %"));
    }

    @Test
    void whatIsNotANumberIsNotReached() {
        assertThat(Row.atMost("x", Double.NaN, "µs", "", 3).verdict().reached()).isFalse();
        assertThat(Row.atLeast("x", Double.NaN, "µs", "", 3).verdict().reached())
                .isFalse();
        assertThat(Row.missing("x", "<= 3", "why").verdict().reached()).isFalse();
    }
}
