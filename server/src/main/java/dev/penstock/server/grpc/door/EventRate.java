package dev.penstock.server.grpc.door;

import dev.penstock.core.NanoClock;

/// Counts events of one connection against a limit per time window. Confined to the connection's loop.
final class EventRate {
    private final int max;
    private final long windowNanos;
    private final NanoClock clock;

    private int count;
    private long sinceNanos;

    EventRate(int max, long windowNanos, NanoClock clock) {
        this.max = max;
        this.windowNanos = windowNanos;
        this.clock = clock;
        this.sinceNanos = clock.nanoTime();
    }

    /// Counts one event.
    ///
    /// @return whether that was one too many
    boolean exceeded() {
        long nowNanos = clock.nanoTime();
        if (nowNanos - sinceNanos > windowNanos) {
            sinceNanos = nowNanos;
            count = 0;
        }
        return ++count > max;
    }
}
