package dev.penstock.router.arms;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes the requests away from an arm once too many of them failed one after another, on this replica and at once;
/// whoever is told decides what else is to be done. It stays open until it is armed again. Thread-safe, never
/// blocks, allocates nothing.
final class Circuit {
    /// Failures one after another, whatever share of all requests that is.
    static final int MOST_FAILURES = 20;

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean open = new AtomicBoolean();

    void succeeded() {
        // Nearly always nothing failed since: then nothing is written.
        if (failures.get() != 0) {
            failures.set(0);
        }
    }

    /// @return whether this one opened it
    boolean failed() {
        return failures.incrementAndGet() >= MOST_FAILURES && trip();
    }

    /// @return whether it was closed
    boolean trip() {
        return !open.get() && open.compareAndSet(false, true);
    }

    boolean isOpen() {
        return open.get();
    }

    /// Requests come again.
    void rearm() {
        failures.set(0);
        open.set(false);
    }
}
