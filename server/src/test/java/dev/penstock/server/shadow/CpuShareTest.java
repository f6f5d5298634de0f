package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CpuShareTest {
    private static final long MILLI = Duration.ofMillis(1).toNanos();

    @Test
    void aQuarterRestsThreeTimesAsLongAsItWorks() {
        CpuShare share = new CpuShare(0.25, 7 * MILLI);

        assertThat(share.owedNanos(9 * MILLI)).isEqualTo(6 * MILLI);
        assertThat(share.owedNanos(9 * MILLI)).as("it has rested").isZero();
        assertThat(share.owedNanos(10 * MILLI)).isEqualTo(3 * MILLI);
    }

    @Test
    void littleIsOwedUntilItIsWorthARest() {
        CpuShare share = new CpuShare(0.5, 0);

        assertThat(share.owedNanos(MILLI / 2)).isZero();
        assertThat(share.owedNanos(MILLI)).isEqualTo(MILLI);
    }

    @Test
    void otherRestsCountAndSaveNothingForLater() {
        CpuShare share = new CpuShare(0.5, 0);

        share.rested(MILLI, 3 * MILLI);
        assertThat(share.owedNanos(3 * MILLI)).isEqualTo(2 * MILLI);
        share.rested(9 * MILLI, 4 * MILLI);
        assertThat(share.owedNanos(4 * MILLI)).isZero();
        assertThat(share.owedNanos(6 * MILLI)).isEqualTo(2 * MILLI);
    }

    @Test
    void allOfItNeverRests() {
        CpuShare share = new CpuShare(1, 0);

        assertThat(share.owedNanos(Duration.ofHours(1).toNanos())).isZero();
    }

    @Test
    void aLongRunStopsItForASecondAtMost() {
        CpuShare share = new CpuShare(0.01, 0);

        long second = Duration.ofSeconds(1).toNanos();
        assertThat(share.owedNanos(5 * second)).isEqualTo(second);
        assertThat(share.owedNanos(5 * second)).as("and for more of them later").isEqualTo(second);
    }
}
