package dev.penstock.server.arms;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Has the arms of routes looked at once a second, on a thread of its own: what takes requests away from a bad
/// candidate waits for no disk, and for nobody who does.
public final class ArmWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ArmWatch.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Runnable> looks;
    private final Thread thread;
    private volatile boolean ending;

    /// @param looks each of them short, one after another; what one throws, the others do not notice
    public ArmWatch(List<Runnable> looks) {
        this.looks = List.copyOf(looks);
        this.thread = Thread.ofPlatform().name("arms").daemon().unstarted(this::run);
    }

    /// Begins to look.
    ///
    /// @return this
    public ArmWatch start() {
        thread.start();
        return this;
    }

    private void run() {
        while (!ending) {
            tick();
            LockSupport.parkNanos(this, TICK.toNanos());
        }
    }

    void tick() {
        for (Runnable look : looks) {
            try {
                look.run();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "looking at the arms of routes failed", e);
            }
        }
    }

    /// Ends the thread, after the look under way.
    @Override
    public void close() {
        ending = true;
        LockSupport.unpark(thread);
        try {
            if (thread.isAlive() && !thread.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "{0} does not end, and is left alone", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
