package dev.penstock.server.shadow;

import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.router.shadow.ShadowDrop;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Why a copy whose turn has come is not to be run after all. Reads a clock and queues, and changes nothing.
final class Pressure {
    private final ToIntFunction<ModelKey> queued;
    private final long maxAgeNanos;
    private final NanoClock clock;

    /// @param queued how many requests of callers wait for a version
    Pressure(ToIntFunction<ModelKey> queued, long maxAgeNanos, NanoClock clock) {
        this.queued = queued;
        this.maxAgeNanos = maxAgeNanos;
        this.clock = clock;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    boolean isLate(ShadowCopy copy, long nowNanos) {
        return nowNanos - copy.arrivedNanos() > maxAgeNanos;
    }

    /// Whether callers wait for who answered them.
    boolean isOn(ModelKey primary) {
        return queued.applyAsInt(primary) > 0;
    }

    /// @return null if it may run
    @Nullable
    ShadowDrop of(ShadowCopy copy) {
        if (isLate(copy, nanoTime())) {
            return ShadowDrop.EXPIRED;
        }
        return isOn(copy.primary()) ? ShadowDrop.BUSY : null;
    }
}
