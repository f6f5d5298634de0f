package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;

/// Limits for the traffic that is simulated.
final class Naive {
    /// 25.6 ms: 8 ms times exp(0.5 * 2.326).
    private static final int USUAL_P99 = LatencyScale.bucketOf(25_600_000);

    private Naive() {}

    static Thresholds thresholds(String watched) {
        return new Thresholds(watched, USUAL_P99);
    }
}
