package dev.penstock.loadtest.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Where the loops of a run and the thread that waits for them meet. Thread safe.
final class RunGate {
    private final CountDownLatch ready;
    private final CountDownLatch counting = new CountDownLatch(1);
    private final CountDownLatch counted;
    private final AtomicReference<@Nullable LoadException> failure = new AtomicReference<>();
    private volatile boolean over;
    private volatile boolean open;
    private volatile long startNanos;

    RunGate(int loops) {
        this.ready = new CountDownLatch(loops);
        this.counted = new CountDownLatch(loops);
    }

    // Loops call these.

    /// All of a loop's connections can be used.
    void ready() {
        ready.countDown();
    }

    boolean isOpen() {
        return open;
    }

    /// Of an open gate: when the run began.
    long startNanos() {
        return startNanos;
    }

    void countingBegan() {
        counting.countDown();
    }

    void countingEnded() {
        counted.countDown();
    }

    /// Ends the run for all; the first failure is the one that is told.
    void fail(LoadException e) {
        failure.compareAndSet(null, e);
        end();
    }

    boolean isOver() {
        return over;
    }

    // The waiting thread calls these.

    /// Ends the run for all.
    void end() {
        over = true;
        while (ready.getCount() + counting.getCount() + counted.getCount() > 0) {
            ready.countDown();
            counting.countDown();
            counted.countDown();
        }
    }

    /// @throws LoadException if it takes too long
    void awaitReady(Duration patience) throws InterruptedException {
        if (!ready.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            fail(new LoadException("connections: some were not ready after " + patience));
        }
        throwFailure();
    }

    void open(long nowNanos) {
        startNanos = nowNanos;
        open = true;
    }

    void awaitCounting() throws InterruptedException {
        counting.await();
        throwFailure();
    }

    void awaitCounted() throws InterruptedException {
        counted.await();
        throwFailure();
    }

    void throwFailure() {
        LoadException e = failure.get();
        if (e != null) {
            throw e;
        }
    }
}
