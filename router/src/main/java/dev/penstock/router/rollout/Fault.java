package dev.penstock.router.rollout;

/// What could not be judged of what was counted: it is no reason to go on and none to go back. Immutable.
///
/// @param what the metric's name, or that of another rule
/// @param arm that it is asked of
/// @param why for people
public record Fault(String what, String arm, String why) {
    /// @param cause what it threw
    static Fault of(String what, String arm, RuntimeException cause) {
        // What is checked says which number cannot be; anything else is named by its kind.
        String why = cause instanceof IllegalArgumentException ? String.valueOf(cause.getMessage()) : cause.toString();
        return new Fault(what, arm, why);
    }

    /// As people are told.
    String detail() {
        return "what was counted cannot be judged: " + why;
    }

    /// The same as something that a metric says.
    MetricReading reading(boolean required) {
        return new MetricReading(
                what,
                arm,
                Verdict.INSUFFICIENT,
                required,
                MetricReading.Evidence.NONE,
                MetricReading.Estimate.NONE,
                MetricReading.Observed.NONE,
                detail());
    }
}
