package dev.penstock.server.grpc.door;

import java.util.concurrent.atomic.AtomicLong;

/// Bounds the bytes that all connections of a door hold together. Thread-safe.
final class ByteBudget {
    private final long max;
    private final AtomicLong held = new AtomicLong();

    ByteBudget(long max) {
        this.max = max;
    }

    boolean tryTake(long bytes) {
        if (held.addAndGet(bytes) <= max) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /// For bytes that exist already and cannot be refused any more.
    void take(long bytes) {
        held.addAndGet(bytes);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    boolean isFull() {
        return held.get() >= max;
    }

    long held() {
        return held.get();
    }
}
