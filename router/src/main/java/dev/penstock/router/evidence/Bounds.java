package dev.penstock.router.evidence;

import dev.penstock.core.Check;

/// Between what a number is, at all times at once with the chance that was asked for.
///
/// @param lower negative infinity (of a ratio: 0) where nothing is known
/// @param upper infinity where nothing is known
public record Bounds(double lower, double upper) {
    public Bounds {
        Check.argument(lower <= upper, "lower: %s (expected: <= upper, %s)", lower, upper);
    }

    public boolean contains(double value) {
        return lower <= value && value <= upper;
    }
}
