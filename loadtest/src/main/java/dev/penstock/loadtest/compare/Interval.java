package dev.penstock.loadtest.compare;

/// A number that was measured, and between which bounds it may really be.
///
/// @param low NaN, as `high`, if nothing is known about how sure the number is
/// @param estimate NaN if there is none
/// @param high infinite if it may be anything above
public record Interval(double low, double estimate, double high) {
    static Interval unknown(double estimate) {
        return new Interval(Double.NaN, estimate, Double.NaN);
    }

    /// Whether there are bounds, on one side at least.
    public boolean isKnown() {
        return !Double.isNaN(low) && !Double.isNaN(high);
    }

    /// Whether there are bounds on both sides.
    public boolean isBounded() {
        return isKnown() && low > Double.NEGATIVE_INFINITY && high < Double.POSITIVE_INFINITY;
    }

    /// This as a multiple of another that was measured independently; both are of what cannot be
    /// negative. The method MOVER on logarithms.
    Interval ratioTo(Interval base) {
        double ratio = estimate / base.estimate;
        if (!isKnown() || !base.isKnown() || !(estimate > 0) || !(base.estimate > 0)) {
            return unknown(ratio);
        }
        Interval difference = logarithm().minus(base.logarithm());
        return new Interval(Math.exp(difference.low), ratio, Math.exp(difference.high));
    }

    /// By how much this is more than another that was measured independently. The method MOVER: G. Y.
    /// Zou and A. Donner, "Construction of confidence limits about effect measures: a general
    /// approach", Statistics in Medicine 27 (2008).
    Interval minus(Interval base) {
        double difference = estimate - base.estimate;
        return new Interval(
                difference - Math.hypot(estimate - low, base.high - base.estimate),
                difference,
                difference + Math.hypot(high - estimate, base.estimate - base.low));
    }

    /// `times * this + plus`
    Interval scaled(double times, double plus) {
        double first = times * low + plus;
        double second = times * high + plus;
        return new Interval(Math.min(first, second), times * estimate + plus, Math.max(first, second));
    }

    private Interval logarithm() {
        return new Interval(Math.log(low), Math.log(estimate), Math.log(high));
    }
}
