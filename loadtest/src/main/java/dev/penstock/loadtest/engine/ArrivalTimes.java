package dev.penstock.loadtest.engine;

import java.time.Duration;

/// Times at which requests arrived somewhere, to be replayed. Immutable.
public final class ArrivalTimes {
    private final long[] offsetsNanos;

    private ArrivalTimes(long[] offsetsNanos) {
        this.offsetsNanos = offsetsNanos;
    }

    /// @param offsetsNanos since the beginning, in nanoseconds, ascending (equal ones may follow each other);
    ///     copied
    public static ArrivalTimes of(long[] offsetsNanos) {
        long[] kept = offsetsNanos.clone();
        if (kept.length == 0) {
            throw new IllegalArgumentException("arrivals: 0 (expected: at least one)");
        }
        long before = 0;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i] < before) {
                throw new IllegalArgumentException(
                        "arrival " + i + ": " + kept[i] + " ns (expected: >= " + before + " ns)");
            }
            before = kept[i];
        }
        return new ArrivalTimes(kept);
    }

    public int count() {
        return offsetsNanos.length;
    }

    /// Since the beginning, in nanoseconds.
    ///
    /// @param arrival 0 to [#count()] - 1
    public long offsetNanos(int arrival) {
        return offsetsNanos[arrival];
    }

    /// Until the last arrival.
    public Duration length() {
        return Duration.ofNanos(offsetsNanos[offsetsNanos.length - 1]);
    }

    /// When it begins anew if it is repeated: a mean gap after the last arrival.
    ///
    /// @return 0 if all came at once
    long periodNanos() {
        long first = offsetsNanos[0];
        long last = offsetsNanos[offsetsNanos.length - 1];
        return last == first ? 0 : last - first + Math.max(1, (last - first) / (offsetsNanos.length - 1));
    }
}
