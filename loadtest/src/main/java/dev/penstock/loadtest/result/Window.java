package dev.penstock.loadtest.result;

import dev.penstock.loadtest.latency.Latencies;
import java.time.Duration;

/// A short piece of the measured time. Answers belong to the window in which they came.
///
/// @param from since the measured time began
/// @param length above 0; the last window may be shorter than the others
/// @param offeredPerSecond requests per second that were due; NaN in a closed loop
/// @param latency of right answers, as of the whole stage
public record Window(
        Duration from,
        Duration length,
        double offeredPerSecond,
        long succeeded,
        long failed,
        long overflowed,
        Latencies latency) {
    /// Right answers per second.
    public double perSecond() {
        return (double) succeeded * 1e9 / (double) length.toNanos();
    }

    /// @param percentile 0 to 100
    /// @return NaN if there was no right answer
    public double latencyMicros(double percentile) {
        return latency.micros(percentile);
    }
}
