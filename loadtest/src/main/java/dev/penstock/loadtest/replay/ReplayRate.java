package dev.penstock.loadtest.replay;

import dev.penstock.loadtest.input.InputError;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How fast recorded requests are sent.
public sealed interface ReplayRate {
    /// As they arrived.
    record Original() implements ReplayRate {}

    /// @param perSecond above 0
    record Fixed(double perSecond) implements ReplayRate {}

    /// As answers come.
    record Most() implements ReplayRate {}

    /// Reads `original`, `max` or `100/s`.
    ///
    /// @throws InputError if it is none of them
    static ReplayRate parse(String text) {
        Matcher fixed = Pattern.compile("(\\d{1,7}(?:\\.\\d{1,6})?)(?:/s)?").matcher(text.strip());
        double perSecond = fixed.matches() ? Double.parseDouble(fixed.group(1)) : 0;
        return switch (text.strip()) {
            case "original" -> new Original();
            case "max" -> new Most();
            default -> {
                if (perSecond <= 0) {
                    throw new InputError("--rate '" + text + "' (expected: original, max, or a rate such as 100/s)");
                }
                yield new Fixed(perSecond);
            }
        };
    }

    /// When requests are due in one run. Confined to one thread.
    interface Times {
        /// @param index of the request, from 0
        /// @param recorded when it arrived then
        /// @return from the beginning of the run
        long dueNanos(long index, Instant recorded);
    }

    /// Begins a run.
    default Times start() {
        return switch (this) {
            case Most _ -> (index, recorded) -> 0;
            case Fixed(double perSecond) -> (index, recorded) -> (long) ((double) index * 1e9 / perSecond);
            case Original _ ->
                new Times() {
                    private Instant first = Instant.MAX;

                    @Override
                    public long dueNanos(long index, Instant recorded) {
                        if (index == 0) {
                            first = recorded;
                        }
                        // Records are in the order of their answers: one may have arrived before the first.
                        return Math.max(0, Duration.between(first, recorded).toNanos());
                    }
                };
        };
    }
}
