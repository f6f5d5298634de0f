package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryDelaysTest {
    private final RetryDelays usual = RetryDelays.from(Duration.ofSeconds(10));

    @Test
    void tenSecondsBecomeFiveMinutes() {
        assertThat(usual.nanos(1, 0)).isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(usual.nanos(2, 0)).isEqualTo(Duration.ofSeconds(20).toNanos());
        assertThat(usual.nanos(5, 0)).isEqualTo(Duration.ofSeconds(160).toNanos());
        assertThat(usual.nanos(6, 0)).isEqualTo(Duration.ofMinutes(5).toNanos());
        assertThat(usual.nanos(Integer.MAX_VALUE, 0))
                .isEqualTo(Duration.ofMinutes(5).toNanos());
    }

    @Test
    void chanceTakesAQuarterAtMost() {
        assertThat(usual.nanos(1, 1)).isEqualTo(Duration.ofMillis(7500).toNanos());
        assertThat(usual.nanos(1, 0.5)).isEqualTo(Duration.ofMillis(8750).toNanos());
    }
}
