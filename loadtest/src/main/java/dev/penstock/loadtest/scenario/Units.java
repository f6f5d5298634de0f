package dev.penstock.loadtest.scenario;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes the values that a scenario has beside plain numbers and words.
public final class Units {
    /// How a time is written.
    public static final String TIME = "a time such as 500us, 20ms, 1.5s or 2m";

    /// How a series of rates is written.
    static final String SERIES = "FROM..TO step STEP, such as 100..1000 step 100";

    private static final Pattern TIMES = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(us|ms|s|m|h)");
    private static final Pattern SPAN = Pattern.compile("([\\d.]+)\\.\\.([\\d.]+)(?: +step +([\\d.]+))?");
    private static final int MOST_STEPS = 1000;
    private static final BigDecimal LONGEST_NANOS =
            BigDecimal.valueOf(Duration.ofDays(30).toNanos());

    private Units() {}

    /// @return empty if it is no time
    public static Optional<Duration> time(String text) {
        Matcher form = TIMES.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        long unit = switch (form.group(2)) {
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
        BigDecimal nanos = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
        return nanos.compareTo(LONGEST_NANOS) > 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos.longValue()));
    }

    /// The shortest text that [#time] reads as the same, to the microsecond.
    public static String text(Duration time) {
        long micros = time.toNanos() / 1_000;
        if (micros % 60_000_000 == 0 && micros > 0) {
            return micros / 60_000_000 + "m";
        }
        if (micros % 1_000_000 == 0) {
            return micros / 1_000_000 + "s";
        }
        if (micros >= 1_000_000 && micros % 1_000 == 0) {
            return text(micros / 1e6) + "s";
        }
        return micros >= 1_000 ? text((double) micros / 1e3) + "ms" : micros + "us";
    }

    /// Without a fraction that is zero.
    public static String text(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /// @param from first
    /// @param to last, or the last but the rest
    record Span(double from, double to, Optional<Double> step) {
        /// @return empty if it has no step, or none that leads from one end to the other in at most 1,000
        Optional<List<Double>> values() {
            if (step.isEmpty() || step.get() <= 0 || to < from || (to - from) / step.get() > MOST_STEPS) {
                return Optional.empty();
            }
            List<Double> values = new ArrayList<>();
            for (int i = 0; from + i * step.get() <= to * (1 + 1e-9); i++) {
                values.add(from + i * step.get());
            }
            return Optional.of(values);
        }
    }

    /// @return empty if it is not written so
    static Optional<Span> span(String text) {
        Matcher form = SPAN.matcher(text.strip());
        try {
            return form.matches()
                    ? Optional.of(new Span(
                            Double.parseDouble(form.group(1)),
                            Double.parseDouble(form.group(2)),
                            Optional.ofNullable(form.group(3)).map(Double::valueOf)))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
