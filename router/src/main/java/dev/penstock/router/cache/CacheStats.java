package dev.penstock.router.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.penstock.core.ModelKey;
import java.util.concurrent.atomic.LongAdder;

/// What is counted of one version, however often it is loaded anew. Any thread may count and read.
final class CacheStats {
    private final LongAdder hits = new LongAdder();
    private final LongAdder joined = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder expired = new LongAdder();

    void hit() {
        hits.increment();
    }

    void joined() {
        joined.increment();
    }

    void missed() {
        misses.increment();
    }

    void dropped(RemovalCause cause) {
        (cause == RemovalCause.EXPIRED ? expired : evicted).increment();
    }

    CacheUsage usage(ModelKey key, long entries, long bytes) {
        return new CacheUsage(
                key, hits.sum(), joined.sum(), misses.sum(), evicted.sum(), expired.sum(), entries, bytes);
    }
}
