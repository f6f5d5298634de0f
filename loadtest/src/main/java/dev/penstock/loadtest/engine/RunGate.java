package dev.penstock.loadtest.engine;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Where the loops of a run and the thread that waits for them meet. Thread safe.
final class RunGate {
    /// Windows of each loop that may wait to be told.
    private static final int MAX_WAITING = 128;

    private final CountDownLatch ready;
    private final CountDownLatch counting = new CountDownLatch(1);
    private final CountDownLatch counted;
    private final AtomicReference<@Nullable LoadException> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable Long> countingFrom = new AtomicReference<>();
    private final BlockingQueue<WindowTally> finished;

    /// Has a permit for each thing that the waiting thread should look at.
    private final Semaphore news = new Semaphore(0);

    private volatile boolean stopped;
    private volatile long stopNanos;
    private volatile boolean over;
    private volatile boolean open;
    private volatile long startNanos;

    RunGate(int loops) {
        this.ready = new CountDownLatch(loops);
        this.counted = new CountDownLatch(loops);
        this.finished = new ArrayBlockingQueue<>(loops * MAX_WAITING);
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

    /// @return when it began for the first loop that said so
    long countingBegan(long nowNanos) {
        Long first = countingFrom.compareAndExchange(null, nowNanos);
        counting.countDown();
        return first == null ? nowNanos : first;
    }

    void countingEnded() {
        counted.countDown();
        news.release();
    }

    /// @throws LoadException if the waiting thread takes none
    void handOver(WindowTally tally) {
        if (!finished.offer(tally)) {
            throw new LoadException(
                    "windows: " + MAX_WAITING + " wait to be looked at (expected: fewer; whoever is told"
                            + " of windows must return soon, or windows must be longer)");
        }
        news.release();
    }

    /// Whether the measured time ends at [#stopNanos], whatever the plan says.
    boolean isStopped() {
        return stopped;
    }

    long stopNanos() {
        return stopNanos;
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
        news.release();
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

    /// Waits until there may be something new.
    ///
    /// @return a finished window, or null if it was something else
    @Nullable
    WindowTally awaitNews() throws InterruptedException {
        news.acquire();
        throwFailure();
        return finished.poll();
    }

    /// Whether all loops have ended their measured time.
    boolean isCounted() {
        return counted.getCount() == 0;
    }

    /// Ends the measured time of all loops; the first time counts.
    ///
    /// @param nanos so late that every loop hears of it before
    void stop(long nanos) {
        if (!stopped) {
            stopNanos = nanos;
            stopped = true;
        }
    }

    void throwFailure() {
        LoadException e = failure.get();
        if (e != null) {
            throw e;
        }
    }
}
