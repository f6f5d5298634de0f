package dev.penstock.server.registry;

import dev.penstock.server.memory.MemoryUsage;
import java.util.concurrent.atomic.LongAdder;

/// How often what happened for want of memory, or on demand. Thread-safe.
final class MemoryCounts {
    private final LongAdder loads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    void loaded() {
        loads.increment();
    }

    void failed() {
        failures.increment();
    }

    void refused() {
        refusals.increment();
    }

    void evicted() {
        evictions.increment();
    }

    MemoryUsage.Counts now() {
        return new MemoryUsage.Counts(loads.sum(), failures.sum(), refusals.sum(), evictions.sum());
    }
}
