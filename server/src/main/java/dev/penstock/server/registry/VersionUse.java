package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;

/// When a version that is loaded on demand was last used, and that nobody uses it any more. Thread-safe.
final class VersionUse {
    private final NanoClock clock;
    private final Runnable whenIdle;
    private volatile long lastUsedNanos;
    private volatile boolean evictable;

    /// @param whenIdle told whenever the last lease is back; must not block
    VersionUse(NanoClock clock, Runnable whenIdle) {
        this.clock = clock;
        this.whenIdle = whenIdle;
        this.lastUsedNanos = clock.nanoTime();
    }

    void used() {
        lastUsedNanos = clock.nanoTime();
    }

    void idle() {
        whenIdle.run();
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    /// From here on others may have its room.
    void allowEviction() {
        evictable = true;
    }

    boolean isEvictable() {
        return evictable;
    }
}
