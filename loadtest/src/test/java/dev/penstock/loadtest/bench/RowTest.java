package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest {
    @Test
    void whatIsBelowTheBarIsReachedHoweverFastTheMachineIs() {
        assertThat(Row.atMostOnReference("x", 2.9, "µs", "", 3, slowness(0.5, 0.5))
                        .verdict()
                        .text())
                .isEqualTo("reached");
    }

    @Test
    void onASlowerMachineTheBarIsHigher() {
        assertThat(Row.atMostOnReference("x", 5, "µs", "", 3, slowness(2, 2)).verdict())
                .isEqualTo(new Row.Verdict(true, "reached by the ratio: this machine is 2.00 x slower, bar 6.00"));
    }

    @Test
    void onAFasterOneItIsNotLower() {
        assertThat(Row.atMostOnReference("x", 3.3, "µs", "", 3, slowness(0.5, 0.5))
                        .verdict())
                .isEqualTo(new Row.Verdict(false, "missed by 10.0 %"));
    }

    @Test
    void aColdPeerDoesNotMakeTheMachineSlow() {
        assertThat(Row.atMostOnReference("x", 5, "µs", "", 3, slowness(2, 1)).verdict())
                .isEqualTo(new Row.Verdict(false, "missed by 66.7 %"));
    }

    @Test
    void whatDirectRunsTookStandsBesideTheNumber() {
        assertThat(Row.atMostOnReference("x", 2, "µs", "more", 3, slowness(2, 1))
                        .measured())
                .isEqualTo("2.00 µs (more; direct runs 5.40 µs naive, 2.30 pinned, 1.00 x the reference's;"
                        + " grpc-java 2.00 x)");
    }

    @Test
    void whatIsMadeOfFailuresIsNoNumber() {
        Report report = new Report();
        Row row = Row.atMost("x", 1, "µs", "", 3);

        report.add(row, cell(10_000, 10));
        report.add(row, cell(10_000, 10), cell(10_000, 11));

        assertThat(report.rows().get(0)).isEqualTo(row);
        assertThat(report.rows().get(1).measured()).isEqualTo("not measured: 11 answers of who to tiny, how failed");
    }

    private static Cell cell(long right, long failed) {
        Sample sample = new Sample(right, 1, 1, 1, 1, 1, 1, 1, Map.of("UNAVAILABLE", failed));
        return Cell.begin("tiny", "how", "who").with(sample);
    }

    private static Slowness slowness(double stock, double direct) {
        return new Slowness(stock, 5.4 * direct, 2.3 * direct);
    }

    @Test
    void whatIsNotANumberIsNotReached() {
        assertThat(Row.atMost("x", Double.NaN, "µs", "", 3).verdict().reached()).isFalse();
        assertThat(Row.atLeast("x", Double.NaN, "µs", "", 3).verdict().reached())
                .isFalse();
        assertThat(Row.missing("x", "<= 3", "why").verdict().reached()).isFalse();
    }
}
