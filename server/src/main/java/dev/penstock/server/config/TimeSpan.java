package dev.penstock.server.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as people write them: `50us`, `500ms`, `5s`, `2m`, `1h`, or ISO 8601 (`PT5S`).
public final class TimeSpan {
    static final ValueKind<Duration> KIND = ValueKind.one(
            "TIME", "a duration of at most a day, e.g. 500ms, 5s, 2m or PT5S", TimeSpan::read, TimeSpan::text);

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(us|ms|s|m|h)");
    private static final Duration MAX = Duration.ofDays(1);

    private TimeSpan() {}

    /// @return the duration, or null if the text is none or it is longer than a day
    public static @Nullable Duration read(String text) {
        Duration span = text.startsWith("P") ? readIso(text) : readShort(text);
        return span == null || span.isNegative() || span.compareTo(MAX) > 0 ? null : span;
    }

    private static @Nullable Duration readShort(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> Duration.of(number, ChronoUnit.MICROS);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static @Nullable Duration readIso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String text(Duration span) {
        if (span.equals(Duration.ofSeconds(span.toSeconds()))) {
            return span.toSeconds() + "s";
        }
        if (span.equals(Duration.ofMillis(span.toMillis()))) {
            return span.toMillis() + "ms";
        }
        long micros = span.dividedBy(Duration.of(1, ChronoUnit.MICROS));
        return span.equals(Duration.of(micros, ChronoUnit.MICROS)) ? micros + "us" : span.toString();
    }
}
