package dev.penstock.server.fast;

import java.util.concurrent.atomic.AtomicLong;

/// Bounds the bytes that all connections of a door hold together. Thread-safe.
public final class ByteBudget {
    private final long max;
    private final AtomicLong held = new AtomicLong();

    public ByteBudget(long max) {
        this.max = max;
    }

    public boolean tryTake(long bytes) {
        if (held.addAndGet(bytes) <= max) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /// For bytes that exist already and cannot be refused any more.
    public void take(long bytes) {
        held.addAndGet(bytes);
    }

    public void give(long bytes) {
        held.addAndGet(-bytes);
    }

    public boolean isFull() {
        return held.get() >= max;
    }

    public long held() {
        return held.get();
    }
}
