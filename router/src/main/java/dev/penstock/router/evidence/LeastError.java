package dev.penstock.router.evidence;

/// What has been the same without exception is not known to be so for ever: the error of a mean is at least as
/// if all values were of another unit each, with half a 0 and half a 1 added. Pure.
public final class LeastError {
    private LeastError() {}

    /// The standard error of a mean.
    ///
    /// @param count of values
    /// @param sum of these
    /// @param squares of these, their sum
    public static double of(long count, double sum, double squares) {
        return Math.sqrt(variance(count, sum, squares));
    }

    /// The square of that.
    static double variance(long count, double sum, double squares) {
        double more = (double) count + 1;
        double mean = (sum + 0.5) / more;
        return Math.max(0, (squares + 0.5) / more - mean * mean) / more;
    }
}
