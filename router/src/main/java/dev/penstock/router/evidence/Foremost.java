package dev.penstock.router.evidence;

/// The strongest of several e-values that may depend on one another, each told with its part of what may be
/// claimed for nothing, see [Stakes]. So are predictions: in another division the same units get the same
/// answers again, most of them from the same arm, and what one division has found by chance others find
/// again. Immutable.
///
/// @param most ln of the largest, less what its part costs
/// @param steps how many there were
public record Foremost(double most, long steps) {
    public static final Foremost NONE = new Foremost(Double.NEGATIVE_INFINITY, 0);

    /// One more.
    public Foremost then(double logE) {
        return new Foremost(Math.max(most, logE + Stakes.logNext(steps)), steps + 1);
    }

    /// 0 if there is none.
    public double logE() {
        return steps == 0 ? 0 : most;
    }
}
