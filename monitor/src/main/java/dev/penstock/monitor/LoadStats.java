package dev.penstock.monitor;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;

/// What was counted of loads since the start. Any thread may count and read.
public final class LoadStats {
    private final EnumCounters<LoadResult> results = new EnumCounters<>(LoadResult.class);
    private final LatencyHistogram durations = new LatencyHistogram();

    public void ended(LoadResult result, long nanos) {
        results.increment(result);
        if (result == LoadResult.LOADED) {
            durations.record(nanos);
        }
    }

    public long count(LoadResult result) {
        return results.count(result);
    }

    /// Of loads that ended with the version in memory.
    public LatencySnapshot durations() {
        return durations.snapshot();
    }
}
