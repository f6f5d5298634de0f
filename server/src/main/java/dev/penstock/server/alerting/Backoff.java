package dev.penstock.server.alerting;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before trying again: twice as long each time up to a limit, and of that between half and
/// all, so that many servers do not come back at once.
final class Backoff {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final int MOST_DOUBLINGS = 30;

    private final RandomGenerator random;
    private final Duration first;

    /// @param random used by the thread that asks only
    Backoff(RandomGenerator random, Duration first) {
        this.random = random;
        this.first = first;
    }

    /// @param failures in a row, at least one
    long millis(int failures) {
        long whole = Math.min(first.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS), LONGEST.toMillis());
        return whole / 2 + random.nextLong(whole / 2 + 1);
    }
}
