package dev.penstock.monitor.drift;

/// What a report says of a feature, or of a vector as a whole.
///
/// @param whole what it is a measure of
/// @param calm whether it is so far below its limit that it speaks for clearing an alarm
/// @param count values of the window
/// @param usual whether the baseline has any
record Verdict(String whole, String name, DriftStatus status, boolean calm, long count, boolean usual) {
    static Verdict of(FeatureDrift one, DriftRules rules) {
        return new Verdict(
                one.feature().whole(),
                one.name(),
                one.status(),
                one.isCalm(rules),
                one.count(),
                one.baselineCount() > 0);
    }

    static Verdict of(VectorDrift one) {
        return new Verdict(one.name(), one.name(), one.status(), one.isCalm(), one.count(), one.baselineCount() > 0);
    }

    /// Whether there were values enough to say anything.
    boolean isSaid() {
        return status != DriftStatus.INSUFFICIENT;
    }
}
