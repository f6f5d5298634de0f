package dev.penstock.monitor.quality;

/// One number that says how good answers are, and between which bounds it lies.
///
/// @param name such as `accuracy`
/// @param value NaN if it cannot be said
/// @param lower NaN if no bound is known
/// @param upper NaN if no bound is known
public record Metric(String name, double value, double lower, double upper) {
    static Metric unbounded(String name, double value) {
        return new Metric(name, value, Double.NaN, Double.NaN);
    }

    /// Whether anything can be said.
    public boolean known() {
        return Double.isFinite(value);
    }
}
