package dev.penstock.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.config.LogLevel;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    private static final String NAME = "dev.penstock.server.logging.LogLevelsTest.some";

    @Test
    void theEndOfAnEarlierChangeEndsNoLaterOne() {
        try (LogLevels levels = new LogLevels(() -> Instant.EPOCH)) {
            levels.set(NAME, LogLevel.DEBUG, Duration.ofDays(1));
            levels.set(NAME, LogLevel.ERROR, Duration.ofDays(1));

            // As if its time had run out when the later one was just being made.
            levels.restore(NAME, 1);

            assertThat(levels.get(NAME).own()).isEqualTo(LogLevel.ERROR);
            assertThat(levels.get(NAME).until()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(1)));
            levels.restore(NAME, 2);
            assertThat(levels.get(NAME).own()).isNull();
        }
    }
}
