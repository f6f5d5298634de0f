package dev.penstock.server.payload;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that kept requests may hold, until they are written. Thread-safe, never blocks.
final class ByteRoom {
    private final long most;
    private final AtomicLong held = new AtomicLong();

    ByteRoom(long most) {
        this.most = most;
    }

    boolean tryTake(long bytes) {
        long now;
        do {
            now = held.get();
            if (bytes > most - now) {
                return false;
            }
        } while (!held.compareAndSet(now, now + bytes));
        return true;
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
