package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.router.waiting.OnDemandVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// All who ask of a version without waiting for it: it is wanted until none of them has asked for a while.
/// Thread-safe.
final class PassingAsker implements OnDemandVersion.Asker {
    private final NanoClock clock;
    private final long wantedNanos;
    private final AtomicBoolean asks = new AtomicBoolean();
    private volatile long untilNanos;

    /// @param wanted for how long after somebody asked
    PassingAsker(Duration wanted, NanoClock clock) {
        this.wantedNanos = wanted.toNanos();
        this.clock = clock;
    }

    /// Somebody asks.
    ///
    /// @return whether the version is to be told of this asker, who does not wait for it now
    boolean begins() {
        untilNanos = clock.nanoTime() + wantedNanos;
        return asks.compareAndSet(false, true);
    }

    @Override
    public void told(@Nullable ServingException failure) {
        asks.set(false);
    }

    /// Whoever asks while this says no may go unheard; who comes again does not.
    @Override
    public boolean stillWants() {
        boolean wants = untilNanos - clock.nanoTime() > 0;
        if (!wants) {
            asks.set(false);
        }
        return wants;
    }
}
