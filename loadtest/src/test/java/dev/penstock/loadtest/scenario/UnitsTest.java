package dev.penstock.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"500us,500000", "20ms,20000000", "1.5s,1500000000", "2m,120000000000", "1h,3600000000000", "0s,0"})
    void timesAreRead(String text, long nanos) {
        assertThat(Units.time(text)).contains(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1s", "s", "1 s", "1d", "1e3s", "99999999999s", "9999999h"})
    void othersAreNoTimes(String text) {
        assertThat(Units.time(text)).isEmpty();
    }

    @Test
    void timesAreWrittenSoThatTheyAreReadAsTheSame() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 5000; round++) {
            Duration time = Duration.ofNanos(1000 * random.nextLong(1L << random.nextInt(1, 36)));
            assertThat(Units.time(Units.text(time)))
                    .as("round %d of seed 11", round)
                    .contains(time);
        }
        assertThat(Units.text(Duration.ofMillis(1500))).isEqualTo("1.5s");
        assertThat(Units.text(Duration.ofMinutes(2))).isEqualTo("2m");
        assertThat(Units.text(Duration.ofNanos(250_000))).isEqualTo("250us");
    }

    @Test
    void seriesIncludeTheirEnd() {
        assertThat(Units.span("100..300 step 100").flatMap(Units.Span::values)).contains(List.of(100.0, 200.0, 300.0));
        assertThat(Units.span("0.1..0.3 step 0.1").flatMap(Units.Span::values).orElseThrow())
                .hasSize(3);
        assertThat(Units.span("100..350 step 100").flatMap(Units.Span::values)).contains(List.of(100.0, 200.0, 300.0));
        assertThat(Units.span("1..1000000 step 1").flatMap(Units.Span::values)).isEmpty();
        assertThat(Units.span("1-5")).isEmpty();
        assertThat(Units.span("1.2.3..5 step 1")).isEmpty();
    }
}
