package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import java.time.Duration;
import java.util.SplittableRandom;

/// The times at which requests of an open loop are due, as offsets from the start of the run. Confined to one
/// loop.
abstract sealed class Arrivals {
    /// Later than any run.
    static final long NEVER = Long.MAX_VALUE / 4;

    private static final double NANOS = 1e9;

    /// What one of several loops gets of a plan's load.
    ///
    /// @param rate of the whole rate, 0 to 1
    /// @param part which of the loops
    record Share(double rate, int part, int parts) {}

    /// @param warmUp before a rate begins to change
    static Arrivals of(Pacing.Open pacing, Share share, Duration warmUp) {
        return switch (pacing) {
            case Pacing.OpenLoop open ->
                new Rated(
                        Rate.constant(open.perSecond() * share.rate),
                        open.spacing(),
                        (double) share.part / share.parts,
                        open.seed() + share.part);
            case Pacing.Ramp ramp ->
                new Rated(
                        new Rate(
                                ramp.fromPerSecond() * share.rate,
                                ramp.toPerSecond() * share.rate,
                                (double) warmUp.toNanos() / NANOS,
                                (double) ramp.over().toNanos() / NANOS),
                        ramp.spacing(),
                        (double) share.part / share.parts,
                        ramp.seed() + share.part);
            case Pacing.Recorded recorded -> new Replayed(recorded, share);
        };
    }

    /// When the next request is due; [#NEVER] if there is none.
    abstract long nextNanos();

    abstract void advance();

    /// By a rate.
    static final class Rated extends Arrivals {
        private final SplittableRandom random;
        private final Rate rate;
        private final Spacing spacing;
        private double count;

        /// @param firstGap where in its first gap an evenly spaced loop begins, so that loops do not send in
        ///     step: 0 to 1
        Rated(Rate rate, Spacing spacing, double firstGap, long seed) {
            this.random = new SplittableRandom(seed);
            this.rate = rate;
            this.spacing = spacing;
            this.count = spacing == Spacing.CONSTANT ? firstGap : gap();
        }

        @Override
        long nextNanos() {
            return Math.min(NEVER, Math.round(rate.secondsAt(count) * NANOS));
        }

        @Override
        void advance() {
            count += gap();
        }

        /// How many requests are due on the mean until the next one.
        private double gap() {
            return switch (spacing) {
                case CONSTANT -> 1;
                case POISSON -> -Math.log1p(-random.nextDouble());
            };
        }
    }

    /// As they once came; several loops take turns.
    static final class Replayed extends Arrivals {
        private final ArrivalTimes times;
        private final boolean repeated;
        private final int step;
        private long at;

        Replayed(Pacing.Recorded recorded, Share share) {
            this.times = recorded.times();
            this.repeated = recorded.repeated();
            this.step = share.parts;
            this.at = share.part;
        }

        @Override
        long nextNanos() {
            long round = at / times.count();
            if (round > 0 && !repeated) {
                return NEVER;
            }
            return round * times.periodNanos() + times.offsetNanos((int) (at % times.count()));
        }

        @Override
        void advance() {
            at += step;
        }
    }
}
