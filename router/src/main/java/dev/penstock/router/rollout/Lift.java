package dev.penstock.router.rollout;

import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.Strata;
import java.util.Locale;

/// By how much a candidate's rewards or right answers are above the default arm's. The bounds of all candidates
/// and metrics of a rollout hold together, however often one looks, but for the rollout's alpha. Immutable.
///
/// @param value NaN for what is not known
/// @param lower negative infinity where there is not enough to tell
/// @param upper infinity likewise
/// @param least by how much it has to be above, to be better
public record Lift(double value, double lower, double upper, double least) {
    public static final Lift NONE = new Lift(Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0);

    /// Of all that was told.
    static Lift of(RolloutSpec spec, MetricSpec.Feedback metric, Strata told) {
        AsymptoticSequence difference = AsymptoticSequence.ofDifference(told, alpha(spec));
        return new Lift(difference.estimate(), difference.lower(), difference.upper(), metric.minLift());
    }

    /// What one candidate has by one metric: what it is rolled back for is another claim, with an alpha of its
    /// own, and so nothing is left of that here.
    private static double alpha(RolloutSpec spec) {
        long metrics = spec.metrics().stream()
                .filter(MetricSpec.Feedback.class::isInstance)
                .count();
        return spec.rules().alpha() / (double) (metrics * spec.candidates().size());
    }

    /// Whether there is enough to tell anything.
    public boolean isKnown() {
        return Double.isFinite(lower) && Double.isFinite(upper);
    }

    /// Whether it is proven to be above by more than it has to be.
    public boolean isBetter() {
        return isKnown() && lower > least;
    }

    /// For people.
    String text() {
        if (!isKnown()) {
            return "too little was told to say";
        }
        String bounds = String.format(Locale.ROOT, "%+.4f (%.4f to %.4f)", value, lower, upper);
        if (isBetter()) {
            return "proven better, " + bounds;
        }
        if (lower > 0) {
            return String.format(Locale.ROOT, "better, but not proven by more than %.4f: %s", least, bounds);
        }
        return upper < 0
                ? "proven worse, " + bounds
                : String.format(Locale.ROOT, "no difference proven, %s, %.4f either way", bounds, (upper - lower) / 2);
    }
}
