package dev.penstock.monitor;

import dev.penstock.core.LatencyScale;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The latest traced request of each bucket of a classic latency histogram. Any thread.
public final class TracedRequests {
    private final Map<Integer, TracedRequest> latest = new ConcurrentHashMap<>();

    void note(TracedRequest example) {
        latest.put(LatencyScale.classicOf(LatencyScale.bucketOf(example.nanos())), example);
    }

    /// At most one for each bucket.
    public Collection<TracedRequest> all() {
        return List.copyOf(latest.values());
    }
}
