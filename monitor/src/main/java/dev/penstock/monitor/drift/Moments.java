package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.statistics.WelchTest;

/// Finite values of a feature: how many, their sum, and that of their squares.
record Moments(long count, double sum, double squares) {
    static final Moments NONE = new Moments(0, 0, 0);

    /// What is left of rounding is no deviation.
    private static final double ROUNDING = 1e-12;

    static Moments of(Cumulative counts, Feature.Numeric feature) {
        double sum = 0;
        for (double binSum : counts.binSums(feature)) {
            sum += binSum;
        }
        return new Moments(Bins.total(counts.bins(feature)), sum, counts.squares(feature));
    }

    Moments plus(Moments other) {
        return new Moments(count + other.count, sum + other.sum, squares + other.squares);
    }

    /// NaN without values.
    double mean() {
        return sum / (double) count;
    }

    /// Of all these values; NaN if they are all the same, or none.
    double deviation() {
        double n = (double) count;
        double variance = squares / n - mean() * mean();
        return variance > ROUNDING * squares / n ? Math.sqrt(variance) : Double.NaN;
    }

    boolean isSample() {
        return count >= 2 && !Double.isNaN(deviation());
    }

    /// Of a sample.
    WelchTest.Sample sample() {
        double n = (double) count;
        return new WelchTest.Sample(count, mean(), deviation() * deviation() * n / (n - 1));
    }
}
