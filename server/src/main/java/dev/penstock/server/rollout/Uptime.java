package dev.penstock.server.rollout;

import dev.penstock.core.NanoClock;
import java.util.concurrent.TimeUnit;

/// The time since it was made, which goes on evenly though somebody sets the clock on the wall: for how long
/// one waits, and who is silent. What is recorded has that clock's time. Thread-safe.
public final class Uptime {
    private final NanoClock clock;
    private final long startNanos;

    public Uptime(NanoClock clock) {
        this.clock = clock;
        startNanos = clock.nanoTime();
    }

    /// Never less than before.
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - startNanos);
    }
}
