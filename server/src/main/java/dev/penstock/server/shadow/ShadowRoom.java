package dev.penstock.server.shadow;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds the copies that are under way or wait, and their bytes. It says no from four fifths on: what is that
/// full
/// will not be empty soon, and what it holds is older than what is turned away. Thread-safe, never blocks.
final class ShadowRoom {
    private final int mostCopies;
    private final long mostBytes;
    private final AtomicInteger copies = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    ShadowRoom(int maxCopies, long maxBytes) {
        this.mostCopies = Math.max(1, maxCopies - maxCopies / 5);
        this.mostBytes = Math.max(1, maxBytes - maxBytes / 5);
    }

    boolean tryTake(long more) {
        boolean fits = copies.incrementAndGet() <= mostCopies;
        fits &= bytes.addAndGet(more) <= mostBytes;
        if (!fits) {
            give(more);
        }
        return fits;
    }

    void give(long given) {
        copies.decrementAndGet();
        bytes.addAndGet(-given);
    }

    int copies() {
        return copies.get();
    }

    long bytes() {
        return bytes.get();
    }
}
