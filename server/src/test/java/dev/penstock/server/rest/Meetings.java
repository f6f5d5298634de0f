package dev.penstock.server.rest;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A place that threads come to, which a test waits for.
final class Meetings {
    private static final long MOST_SECONDS = 120;

    private final Semaphore come = new Semaphore(0);

    /// Somebody is there.
    void arrive() {
        come.release();
    }

    /// Waits until so many more are.
    void await(int count) throws InterruptedException {
        if (!come.tryAcquire(count, MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("fewer than " + count);
        }
    }
}
