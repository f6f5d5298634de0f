package dev.penstock.server.monitoring;

import java.time.Duration;

/// Moments that come again and again, for each of many at other times, so that not all have them at once.
///
/// @param everyMillis from one to the next
/// @param phaseMillis how long after the beginning of 1970 the first one was
public record Rhythm(long everyMillis, long phaseMillis) {
    /// Spreads numbers that are near to each other.
    private static final int SPREAD = 0x9E3779B9;

    /// @param of whom, which says when
    public static Rhythm of(Object of, Duration every) {
        long millis = every.toMillis();
        return new Rhythm(millis, Math.floorMod(Integer.toUnsignedLong(of.hashCode() * SPREAD), millis));
    }

    /// Whether one of the moments lies between both, or they are in the wrong order, as after the clock was
    /// set.
    ///
    /// @param thenMillis not part of the time between, but `nowMillis` is
    public boolean comesBetween(long thenMillis, long nowMillis) {
        return turn(thenMillis) != turn(nowMillis);
    }

    /// The first one after that.
    public long after(long millis) {
        return (turn(millis) + 1) * everyMillis + phaseMillis;
    }

    private long turn(long millis) {
        return Math.floorDiv(millis - phaseMillis, everyMillis);
    }
}
