package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.ClientUse;
import org.junit.jupiter.api.Test;

class TrustTest {
    private static ClientUse use(double busy, double late) {
        return new ClientUse(1, busy, 5, late, 0);
    }

    @Test
    void aClientThatKeptUpIsTrusted() {
        assertThat(Trust.judge(use(0.8, Double.NaN), 1, 0, 100, 8).isValid()).isTrue();
        assertThat(Trust.judge(use(Double.NaN, 0.01), 1, 0, 100, 8).isValid()).isTrue();
    }

    @Test
    void eachReasonIsASentenceWithItsNumbers() {
        assertThat(Trust.judge(use(0.93, Double.NaN), 1, 0, 100, 8).reasons())
                .singleElement()
                .asString()
                .contains("busy for 93 %", "at most 80 %");
        assertThat(Trust.judge(use(Double.NaN, 0.034), 2.5, 0, 100, 8).reasons())
                .singleElement()
                .asString()
                .contains("noticed 3.4 %", "2.5 ms", "at most 1 %");
        assertThat(Trust.judge(use(Double.NaN, 0), 1, 7, 1000, 8).reasons())
                .singleElement()
                .asString()
                .contains("7 of 1,000", "all 8 places");
    }

    @Test
    void whatIsLateGrowsWithTheLatency() {
        assertThat(Trust.lateNanos(300_000)).isEqualTo(1_000_000);
        assertThat(Trust.lateNanos(100_000_000)).isEqualTo(5_000_000);
    }
}
