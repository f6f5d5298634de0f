package dev.penstock.loadtest.result;

import java.time.Duration;

/// What a user promises.
///
/// @param percentile of the latency that is promised, above 0, at most 100
/// @param latency the longest that so many of 100 right answers may take
/// @param errorShare the largest share of requests without a right answer, 0 to 1
public record Slo(double percentile, Duration latency, double errorShare) {
    public Slo {
        if (!(percentile > 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile: " + percentile + " (expected: 0 < percentile <= 100)");
        }
    }

    /// The percentile as people write it: `p99`, `p99.9`.
    public String percentileName() {
        return percentile == Math.rint(percentile) ? "p" + (long) percentile : "p" + percentile;
    }

    /// Whether a stage keeps it. That it was measured by a client that kept up is not asked here.
    public boolean isKeptBy(StageResult stage) {
        return stage.succeeded() > 0
                && stage.latencyMicros(percentile) <= (double) latency.toNanos() / 1e3
                && stage.errorShare() <= errorShare;
    }
}
