package dev.penstock.server.alerting;

import dev.penstock.core.NanoClock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Has one receiver told, on a thread of its own: one that answers late, or whose name is not found, holds up
/// nobody but itself. Thread-safe.
final class Messenger {
    private static final System.Logger LOG = System.getLogger(Messenger.class.getName());

    /// The longest pause, and the shortest after a turn that went wrong.
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Channel channel;
    private final InstantSource time;
    private final Thread thread;
    private volatile boolean ending;

    Messenger(Channel channel, InstantSource time) {
        this.channel = channel;
        this.time = time;
        this.thread =
                Thread.ofPlatform().name("alerts " + channel.name()).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!ending) {
                turn();
                pause();
            }
        } catch (InterruptedException _) {
            // Only end() does that.
        }
    }

    private void turn() throws InterruptedException {
        try {
            channel.turn();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "alerts: telling " + channel.name() + " failed", e);
            // What is due still is, and would fail a thousand times a second.
            Thread.sleep(TICK);
        }
    }

    private void pause() {
        long dueMillis = channel.dueMillis();
        long leftMillis = dueMillis - Math.min(dueMillis, time.millis());
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(Math.clamp(leftMillis, 1, TICK.toMillis())));
    }

    /// There may be something to be told.
    void wake() {
        LockSupport.unpark(thread);
    }

    /// Has the thread end, which may take as long as the system takes to find a name.
    ///
    /// @return the thread
    Thread end() {
        ending = true;
        thread.interrupt();
        return thread;
    }

    /// Waits for threads to end.
    ///
    /// @param patience for all of them together
    /// @return whether all have ended
    static boolean join(List<Thread> threads, Duration patience) throws InterruptedException {
        long start = NanoClock.SYSTEM.nanoTime();
        boolean ended = true;
        for (Thread thread : threads) {
            // One that was never started has not to be waited for.
            if (thread.isAlive()) {
                Duration left = patience.minusNanos(NanoClock.SYSTEM.nanoTime() - start);
                ended &= left.isPositive() && thread.join(left);
            }
        }
        return ended;
    }
}
