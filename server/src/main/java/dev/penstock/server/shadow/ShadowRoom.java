package dev.penstock.server.shadow;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds the copies that are under way or wait, and their bytes. It says no from four fifths on: what is that
/// full will not be empty soon, and what it holds is older than what is turned away.
///
/// Where others want the processor of who runs the copies, it holds an eighth of that, about as many as are
/// run when it gets its turn: the collector moves what waits, while all callers wait. It grows twofold with
/// each time that nobody wanted the processor. Thread-safe, never blocks.
final class ShadowRoom {
    private static final int MOST_NARROWED = 3;

    private final int mostCopies;
    private final long mostBytes;
    private final AtomicInteger copies = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /// How often both are halved. Written by the shadows' thread alone.
    private volatile int halved;

    ShadowRoom(int maxCopies, long maxBytes) {
        this.mostCopies = Math.max(1, maxCopies - maxCopies / 5);
        this.mostBytes = Math.max(1, maxBytes - maxBytes / 5);
    }

    boolean tryTake(long more) {
        int shift = halved;
        int taken = copies.incrementAndGet();
        boolean fits = taken <= Math.max(1, mostCopies >> shift);
        // However little room there is, one has it that could ever have it.
        long most = taken == 1 ? mostBytes : mostBytes >> shift;
        fits &= bytes.addAndGet(more) <= most;
        if (!fits) {
            give(more);
        }
        return fits;
    }

    void give(long given) {
        copies.decrementAndGet();
        bytes.addAndGet(-given);
    }

    /// The thread that runs copies slept and woke. Called by that thread.
    ///
    /// @param crowded whether others wanted its processor
    void woke(boolean crowded) {
        int now = crowded ? MOST_NARROWED : Math.max(0, halved - 1);
        if (now != halved) {
            halved = now;
        }
    }

    int copies() {
        return copies.get();
    }

    long bytes() {
        return bytes.get();
    }
}
