package dev.penstock.server.registry;

import dev.penstock.core.Check;
import java.time.Duration;

/// How long to leave alone what failed: twice as long after each failure, up to a bound. Pure.
///
/// @param first after the first failure
/// @param most the bound
record RetryDelays(Duration first, Duration most) {
    /// Of the first delay; ten seconds become five minutes.
    private static final int MOST_TIMES = 30;

    RetryDelays {
        Check.argument(first.isPositive(), "first: %s (expected: > 0s)", first);
        Check.argument(most.compareTo(first) >= 0, "most: %s (expected: >= %s)", most, first);
    }

    static RetryDelays from(Duration first) {
        return new RetryDelays(first, first.multipliedBy(MOST_TIMES));
    }

    /// Up to a quarter less, so that what failed together is not tried again together.
    ///
    /// @param failures in a row, at least one
    /// @param random from 0 to 1
    long nanos(int failures, double random) {
        long nanos = first.toNanos();
        for (int i = 1; i < failures && nanos < most.toNanos(); i++) {
            nanos *= 2;
        }
        nanos = Math.min(nanos, most.toNanos());
        return nanos - (long) ((double) nanos / 4 * random);
    }
}
