package dev.penstock.loadtest.bench;

import java.util.concurrent.locks.LockSupport;

/// Uses a share of a core until it is closed, a little in every millisecond.
final class Burner implements AutoCloseable {
    private static final long PERIOD_NANOS = 1_000_000;

    private final long busyNanos;
    private final Thread thread;
    private volatile boolean closed;

    private Burner(double share) {
        this.busyNanos = (long) (Math.clamp(share, 0.0, 1.0) * PERIOD_NANOS);
        this.thread = Thread.ofPlatform().daemon().name("burner").unstarted(this::burn);
    }

    /// @param share of one core, from 0 to 1
    static Burner start(double share) {
        Burner burner = new Burner(share);
        burner.thread.start();
        return burner;
    }

    private void burn() {
        long periodStart = System.nanoTime();
        while (!closed) {
            long busyUntil = System.nanoTime() + busyNanos;
            while (System.nanoTime() - busyUntil < 0) {
                Thread.onSpinWait();
            }
            periodStart += PERIOD_NANOS;
            long left = periodStart - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(left);
            } else {
                // It was held up; to catch up would be to burn more at a time than the generator does.
                periodStart = System.nanoTime();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
