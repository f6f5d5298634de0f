package dev.penstock.router.rollout;

import dev.penstock.router.rollout.Observation.GateReading;

/// What one metric says of one candidate, with every number that it was judged by.
///
/// @param metric its name
/// @param arm the candidate's
/// @param detail for people
/// @param suspected whether as little as is known speaks against the candidate, where that is no matter of
///     `evidence`: it is no reason to go back, but one not to go on
/// @param lift of what feedback says, else unknown
public record MetricReading(
        String metric,
        String arm,
        Verdict verdict,
        boolean required,
        Evidence evidence,
        Estimate estimate,
        Observed observed,
        String detail,
        boolean suspected,
        Lift lift) {
    /// Of which nothing is suspected but what the evidence says.
    public MetricReading(
            String metric,
            String arm,
            Verdict verdict,
            boolean required,
            Evidence evidence,
            Estimate estimate,
            Observed observed,
            String detail) {
        this(metric, arm, verdict, required, evidence, estimate, observed, detail, false, Lift.NONE);
    }

    /// Name of what is read of copies that fail, where errors are judged: no metric of a spec has it.
    static final String COPIES = "copies";

    /// How far the evidence may speak against a candidate that goes on.
    static final double SUSPICION = Math.log(3);

    /// How sure it is, in natural logarithms; NaN for what is not asked.
    ///
    /// @param rollback that the candidate is worse than the margin
    /// @param threshold that `rollback` must reach for a rollback
    /// @param promote that the candidate is as good
    /// @param promoteThreshold that `promote` must reach
    public record Evidence(double rollback, double threshold, double promote, double promoteThreshold) {
        public static final Evidence NONE = new Evidence(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

        static Evidence against(double rollback, double threshold) {
            return new Evidence(rollback, threshold, Double.NaN, Double.NaN);
        }
    }

    /// The ratio, the difference or the share that a metric is about; NaN for what is not known.
    ///
    /// @param lower end of what it may be, as sure as the threshold has it
    /// @param upper likewise
    public record Estimate(double value, double lower, double upper) {
        public static final Estimate NONE = of(Double.NaN);

        /// Without bounds.
        static Estimate of(double value) {
            return new Estimate(value, Double.NaN, Double.NaN);
        }
    }

    /// How many observations there are.
    ///
    /// @param control of the default arm
    /// @param candidate of the candidate
    public record Observed(long control, long candidate) {
        public static final Observed NONE = new Observed(0, 0);
    }

    /// As a gate said it.
    public GateReading said() {
        return new GateReading(metric, verdict, estimate.value(), 0, detail);
    }

    /// The same where that is suspected.
    MetricReading suspected(boolean now) {
        return new MetricReading(metric, arm, verdict, required, evidence, estimate, observed, detail, now, lift);
    }

    /// The same with that.
    MetricReading with(Lift known) {
        return new MetricReading(
                metric, arm, verdict, required, evidence, estimate, observed, detail, suspected, known);
    }

    /// Whether it is about what happens in that step: what copies said before says nothing of callers now.
    boolean isOf(StepSpec step) {
        return isOf(metric, step);
    }

    /// The same of what has that name.
    static boolean isOf(String metric, StepSpec step) {
        boolean copies = metric.equals(COPIES)
                || metric.equals(MetricSpec.Disagreement.STANDARD.name())
                || metric.equals(MetricSpec.CopyLatency.NAME);
        return !copies || step.shadow() > 0;
    }

    boolean isOfCopies() {
        return metric.equals(COPIES);
    }

    /// Whether there is no evidence against it, not even a little.
    boolean isNotWorse() {
        return verdict != Verdict.FAIL && !suspected && !(evidence.rollback() >= SUSPICION);
    }
}
