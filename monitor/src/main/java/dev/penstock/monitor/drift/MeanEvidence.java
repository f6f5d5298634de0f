package dev.penstock.monitor.drift;

/// Whether a mean moves slowly, by cumulative sums of the sub-windows' standardised means. It is told, and
/// never an alarm of its own.
///
/// @param up evidence that it is larger, in standard errors
/// @param down evidence that it is smaller
/// @param alarmAt from where on either is enough
/// @param shift of the values since that began, in standard deviations of the baseline
/// @param shifting whether it is enough, and the shift matters
public record MeanEvidence(double up, double down, double alarmAt, double shift, boolean shifting) {
    static final MeanEvidence UNKNOWN = new MeanEvidence(Double.NaN, Double.NaN, Double.NaN, Double.NaN, false);
}
