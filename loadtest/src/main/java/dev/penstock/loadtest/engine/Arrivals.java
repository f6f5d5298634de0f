package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import java.util.SplittableRandom;

/// The times at which requests of an open loop are due, as offsets. Confined to one loop.
final class Arrivals {
    private static final double NANOS = 1e9;

    private final SplittableRandom random;
    private final Spacing spacing;
    private final double gapNanos;
    private double nextNanos;

    /// @param perSecond of this loop
    /// @param firstGap where in its first gap an evenly spaced loop begins, so that loops do not send in
    ///     step: 0 to 1
    Arrivals(double perSecond, Spacing spacing, double firstGap, long seed) {
        this.random = new SplittableRandom(seed);
        this.spacing = spacing;
        this.gapNanos = NANOS / perSecond;
        this.nextNanos = spacing == Spacing.CONSTANT ? gapNanos * firstGap : gap();
    }

    /// When the next request is due, from the start.
    long nextNanos() {
        return (long) nextNanos;
    }

    void advance() {
        nextNanos += gap();
    }

    private double gap() {
        return switch (spacing) {
            case CONSTANT -> gapNanos;
            case POISSON -> -Math.log1p(-random.nextDouble()) * gapNanos;
        };
    }
}
