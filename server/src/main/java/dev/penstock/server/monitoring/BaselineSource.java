package dev.penstock.server.monitoring;

import dev.penstock.server.config.TimeSpan;
import java.time.Duration;

/// What a version is held against.
sealed interface BaselineSource {
    BaselineSource LEARNED = new Kept();

    /// A baseline: learned, uploaded or captured.
    record Kept() implements BaselineSource {}

    /// What came just before the window, for that long.
    record Previous(Duration length) implements BaselineSource {}

    /// What came in the same hours of the week before; until there is that, the learned baseline.
    record SameHours() implements BaselineSource {}

    /// What another version of the model answers in the same time.
    record Version(long number) implements BaselineSource {}

    /// Of the texts `learned`, `previous 1h`, `same-hour-of-week` and `version 3`.
    ///
    /// @throws IllegalArgumentException with what was expected
    static BaselineSource parse(String text) {
        String[] words = text.strip().split("\\s+", -1);
        if (words.length == 1 && words[0].equals("learned")) {
            return LEARNED;
        }
        if (words.length == 1 && words[0].equals("same-hour-of-week")) {
            return new SameHours();
        }
        if (words.length == 2 && words[0].equals("previous")) {
            Duration length = TimeSpan.read(words[1]);
            if (length != null
                    && length.compareTo(MonitoringSettings.SHORT) >= 0
                    && length.compareTo(MonitoringSettings.LONG) < 0) {
                return new Previous(length);
            }
        }
        if (words.length == 2 && words[0].equals("version") && words[1].matches("[1-9]\\d{0,17}")) {
            return new Version(Long.parseLong(words[1]));
        }
        throw new IllegalArgumentException(
                "learned, previous and a time from 5m to less than 24h, same-hour-of-week, or version and a number");
    }
}
