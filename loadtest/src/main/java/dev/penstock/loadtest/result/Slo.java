package dev.penstock.loadtest.result;

import java.time.Duration;

/// What a user promises.
///
/// @param p99 the longest that 99 of 100 right answers may take
/// @param errorShare the largest share of requests without a right answer, 0 to 1
public record Slo(Duration p99, double errorShare) {
    /// Whether a stage keeps it. That it was measured by a client that kept up is not asked here.
    public boolean isKeptBy(StageResult stage) {
        return stage.succeeded() > 0
                && stage.latencyMicros(99) <= (double) p99.toNanos() / 1e3
                && stage.errorShare() <= errorShare;
    }
}
