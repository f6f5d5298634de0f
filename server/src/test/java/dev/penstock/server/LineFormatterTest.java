package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LineFormatterTest {
    private final LineFormatter formatter = new LineFormatter();

    @Test
    void aRecordIsOneLineWithTimeLevelShortNameAndMessage() {
        LogRecord logged = record(Level.FINE, "loaded {0}", "2026-01-31T12:00:00.123456Z");
        logged.setParameters(new Object[] {"digits"});

        assertThat(formatter.format(logged)).isEqualTo("2026-01-31T12:00:00.123Z DEBUG Registry: loaded digits\n");
    }

    @Test
    void aWholeSecondHasItsMillisecondsToo() {
        LogRecord logged = record(Level.SEVERE, "gone", "2026-01-31T12:00:00Z");

        assertThat(formatter.format(logged)).isEqualTo("2026-01-31T12:00:00.000Z ERROR Registry: gone\n");
    }

    @Test
    void theLinesOfAMessageAndTheStackTraceStandBelow() {
        LogRecord logged = record(Level.WARNING, "one\ntwo\n", "2026-01-31T12:00:00Z");
        logged.setThrown(new IllegalStateException("broken"));

        assertThat(formatter.format(logged).lines())
                .startsWith(
                        "2026-01-31T12:00:00.000Z WARNING Registry: one",
                        "    two",
                        "java.lang.IllegalStateException: broken");
    }

    private static LogRecord record(Level level, String message, String time) {
        LogRecord logged = new LogRecord(level, message);
        logged.setLoggerName("dev.penstock.server.registry.Registry");
        logged.setInstant(Instant.parse(time));
        return logged;
    }
}
