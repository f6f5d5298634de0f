package dev.penstock.loadtest.result;

import java.time.Duration;

/// A short piece of the measured time. Answers belong to the window in which they came.
///
/// @param from since the measured time began
/// @param offeredPerSecond requests per second that were due; NaN in a closed loop
/// @param p50Micros NaN if there was no right answer, as the others
public record Window(
        Duration from,
        Duration length,
        double offeredPerSecond,
        long succeeded,
        long failed,
        long overflowed,
        double p50Micros,
        double p99Micros,
        double maxMicros) {
    /// Right answers per second.
    public double perSecond() {
        return (double) succeeded * 1e9 / (double) length.toNanos();
    }
}
