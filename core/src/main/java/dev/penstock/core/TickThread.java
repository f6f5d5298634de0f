package dev.penstock.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Does the same again and again, on a thread of its own, with a rest after each time. What is thrown is
/// logged, and does not end it. One thread starts and closes it.
public final class TickThread implements AutoCloseable {
    /// The time that threads have to end what they do.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final System.Logger log;
    private final String doing;
    private final Duration rest;
    private final Runnable tick;
    private final Thread thread;
    private volatile boolean ending;

    /// @param name of the thread
    /// @param doing what it does, for the log
    /// @param tick what it does, by the thread alone
    public TickThread(String name, String doing, System.Logger log, Duration rest, Runnable tick) {
        this.log = log;
        this.doing = doing;
        this.rest = rest;
        this.tick = tick;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /// Begins. Once.
    public void start() {
        thread.start();
    }

    /// Ends its rest, if it rests. Any thread.
    public void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!ending) {
            try {
                tick.run();
            } catch (RuntimeException | Error e) {
                log.log(System.Logger.Level.ERROR, doing + " failed", e);
            }
            LockSupport.parkNanos(this, rest.toNanos());
        }
    }

    /// Ends the thread, if it was started. Waits for what it does, but not for long.
    @Override
    public void close() {
        close(List.of(this));
    }

    /// Ends all of them, and waits no longer than for one.
    public static void close(List<TickThread> threads) {
        close(threads, PATIENCE, NanoClock.SYSTEM);
    }

    /// @param patience for all of them together
    static void close(List<TickThread> threads, Duration patience, NanoClock clock) {
        long beganNanos = clock.nanoTime();
        threads.forEach(TickThread::end);
        try {
            for (TickThread each : threads) {
                each.await(patience.minusNanos(clock.nanoTime() - beganNanos), patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        ending = true;
        LockSupport.unpark(thread);
    }

    /// @param patience for all of them, of which that is left
    private void await(Duration left, Duration patience) throws InterruptedException {
        if (thread.isAlive() && !thread.join(left)) {
            log.log(
                    System.Logger.Level.WARNING,
                    "{0} has not ended after {1} s and is left behind",
                    doing,
                    patience.toSeconds());
        }
    }
}
