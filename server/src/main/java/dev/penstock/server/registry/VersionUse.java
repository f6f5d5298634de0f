package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;

/// When a version that is loaded on demand was last used, and that nobody uses it any more. Thread-safe.
final class VersionUse {
    private final NanoClock clock;
    private final Runnable whenIdle;
    private volatile long lastUsedNanos;
    private volatile Stay stay = Stay.HELD;

    /// Whether it has to stay.
    enum Stay {
        /// It does not serve, and whoever looks at it lets it go.
        HELD,
        PINNED,
        EVICTABLE
    }

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

    /// @param pinned whether nobody may have its room
    void serves(boolean pinned) {
        stay = pinned ? Stay.PINNED : Stay.EVICTABLE;
    }

    Stay stay() {
        return stay;
    }
}
