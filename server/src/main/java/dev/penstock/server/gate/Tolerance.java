package dev.penstock.server.gate;

import dev.penstock.core.Check;

/// How far a number may be from what was expected.
///
/// @param absolute this much in any case
/// @param relative and this share of the expected magnitude
record Tolerance(double absolute, double relative) {
    /// Rounding of sums in another order, no more.
    static final Tolerance USUAL = new Tolerance(1e-6, 1e-4);

    Tolerance {
        Check.argument(absolute >= 0 && Double.isFinite(absolute), "absolute: %s (expected: >= 0)", absolute);
        Check.argument(relative >= 0 && Double.isFinite(relative), "relative: %s (expected: >= 0)", relative);
    }

    double allowed(double expected) {
        return absolute + relative * Math.abs(expected);
    }

    /// NaN is expected where NaN is, and an infinity where the same one is.
    boolean accepts(double expected, double got) {
        if (expected == got || (Double.isNaN(expected) && Double.isNaN(got))) {
            return true;
        }
        return Double.isFinite(expected) && Math.abs(expected - got) <= allowed(expected);
    }
}
