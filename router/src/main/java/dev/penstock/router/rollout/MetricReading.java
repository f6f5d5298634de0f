package dev.penstock.router.rollout;

/// What one metric says of one candidate, with every number that it was judged by.
///
/// @param metric its name
/// @param arm the candidate's
/// @param logERollback natural logarithm of the evidence that it is worse than the margin; NaN for none
/// @param threshold that `logERollback` must reach for a rollback
/// @param logEPromote likewise, that it is as good
/// @param promoteThreshold that `logEPromote` must reach
/// @param estimate of the ratio, the difference or the share that it is about; NaN if there is none
/// @param lower end of what the estimate may be, as sure as the threshold has it; NaN if it is not known
/// @param upper likewise
/// @param control observations of the default arm
/// @param candidate observations of the candidate
/// @param detail for people
public record MetricReading(
        String metric,
        String arm,
        Verdict verdict,
        boolean required,
        double logERollback,
        double threshold,
        double logEPromote,
        double promoteThreshold,
        double estimate,
        double lower,
        double upper,
        long control,
        long candidate,
        String detail) {
    /// How far the evidence may speak against a candidate that goes on.
    static final double SUSPICION = Math.log(3);

    /// Whether there is no evidence against it, not even a little.
    boolean isNotWorse() {
        return verdict != Verdict.FAIL && !(logERollback >= SUSPICION);
    }
}
