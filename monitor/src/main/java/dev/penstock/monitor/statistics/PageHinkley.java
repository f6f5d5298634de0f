package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The Page-Hinkley test for an increase of a mean that need not be known, such as an error rate. Immutable.
///
/// Of values x with running mean: sum = max(0, alpha sum + x - mean - delta); detected when it reaches the
/// threshold. After a detection the next value starts anew. It looks at one value after the other, so replicas
/// cannot be added.
///
/// @param settings what it was started with
/// @param count values since the start
/// @param mean of those values
/// @param sum evidence, not negative
/// @param detected whether the last value brought the sum to the threshold
public record PageHinkley(Settings settings, long count, double mean, double sum, boolean detected) {
    /// @param delta how much of a value above the mean is no evidence, in the values' unit
    /// @param threshold lambda, positive, in the values' unit
    /// @param alpha what is left of old evidence after each value, in (0, 1]
    /// @param minCount values before which nothing is detected, at least 1
    public record Settings(double delta, double threshold, double alpha, long minCount) {
        public static final Settings DEFAULT = new Settings(0.005, 50, 0.9999, 30);

        public Settings {
            Check.argument(delta >= 0, "delta: %s (expected: >= 0)", delta);
            Check.argument(threshold > 0, "threshold: %s (expected: > 0)", threshold);
            Check.argument(alpha > 0 && alpha <= 1, "alpha: %s (expected: in (0, 1])", alpha);
            Check.argument(minCount >= 1, "minCount: %d (expected: >= 1)", minCount);
        }
    }

    public static PageHinkley start(Settings settings) {
        return new PageHinkley(settings, 0, 0, 0, false);
    }

    /// After one more value.
    ///
    /// @param x finite
    public PageHinkley next(double x) {
        Check.argument(Double.isFinite(x), "x: %s (expected: finite)", x);
        if (detected) {
            return start(settings).next(x);
        }
        long newCount = count + 1;
        double newMean = mean + (x - mean) / (double) newCount;
        double newSum = Math.max(0, settings.alpha() * sum + x - newMean - settings.delta());
        boolean found = newCount >= settings.minCount() && newSum >= settings.threshold();
        return new PageHinkley(settings, newCount, newMean, newSum, found);
    }
}
