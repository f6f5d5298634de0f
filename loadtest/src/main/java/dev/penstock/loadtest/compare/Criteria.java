package dev.penstock.loadtest.compare;

import java.util.Map;

/// What a comparison is held to.
///
/// @param confidence above 0, below 1: that all intervals of a comparison hold together
/// @param tolerance differences of rates and latencies up to that do not count, 0.01 is 1 %
/// @param limits by how much each may get worse, 0.05 is 5 %; of errors in requests of all requests
public record Criteria(double confidence, double tolerance, Map<Metric, Double> limits) {
    public Criteria {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("confidence: " + confidence + " (expected: above 0, below 1)");
        }
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("tolerance: " + tolerance + " (expected: at least 0)");
        }
        limits = Map.copyOf(limits);
    }
}
