package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.util.concurrent.atomic.AtomicLong;

/// What the plans of all versions, what they learn and what they are held against may take together.
/// Thread-safe.
public final class RecordingMemory {
    private final long maxBytes;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong releases = new AtomicLong();

    public RecordingMemory(long maxBytes) {
        Check.argument(maxBytes >= 0, "maxBytes: %d (expected: >= 0)", maxBytes);
        this.maxBytes = maxBytes;
    }

    public long maxBytes() {
        return maxBytes;
    }

    public long reservedBytes() {
        return reserved.get();
    }

    /// Reserves more.
    ///
    /// @return false if there is no room; then nothing changes
    public boolean tryReserve(long bytes) {
        return tryReplace(0, bytes);
    }

    /// Reserves `bytes` in the place of `before`, which were reserved.
    ///
    /// @return false if there is no room; then nothing changes
    boolean tryReplace(long before, long bytes) {
        long seen = reserved.get();
        while (seen - before + bytes <= maxBytes) {
            long now = reserved.compareAndExchange(seen, seen - before + bytes);
            if (now == seen) {
                return true;
            }
            seen = now;
        }
        return false;
    }

    /// Gives back what was reserved.
    public void release(long bytes) {
        reserved.addAndGet(-bytes);
        if (bytes > 0) {
            releases.incrementAndGet();
        }
    }

    /// How often something was given back.
    long releases() {
        return releases.get();
    }
}
