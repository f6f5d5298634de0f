package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Has something looked at that may change with every request: once for all who say so meanwhile, and not
/// before a pause since the last look, so that whoever looks has time for other things. Thread-safe.
final class SpacedLooks {
    static final Duration PAUSE = Duration.ofMillis(10);

    private static final System.Logger LOG = System.getLogger(SpacedLooks.class.getName());

    private final Executor thread;
    private final NanoClock clock;
    private final Later later;
    private final Runnable look;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long lastNanos;

    /// @param thread the look runs there, and says [#looked] at its end
    SpacedLooks(Executor thread, NanoClock clock, Later later, Runnable look) {
        this.thread = thread;
        this.clock = clock;
        this.later = later;
        this.look = look;
        this.lastNanos = clock.nanoTime() - PAUSE.toNanos();
    }

    /// Something changed: a look begins after this, soon. Does not wait.
    void soon() {
        if (!asked.compareAndSet(false, true)) {
            return;
        }
        long restNanos = PAUSE.toNanos() - (clock.nanoTime() - lastNanos);
        if (restNanos <= 0) {
            now();
        } else {
            later.run(Duration.ofNanos(restNanos), this::now);
        }
    }

    private void now() {
        try {
            thread.execute(() -> {
                // Before it looks: what changes from here on is seen now or has it look again.
                asked.set(false);
                look.run();
            });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "nobody looks any more: {0}", e.getMessage());
        }
    }

    /// Somebody looked, asked by this or not.
    void looked() {
        lastNanos = clock.nanoTime();
    }
}
