package dev.penstock.server.feedback;

import dev.penstock.monitor.quality.BinnedLabels;
import dev.penstock.monitor.quality.Calibration;
import dev.penstock.monitor.quality.EstimatedQuality;
import dev.penstock.monitor.quality.Metric;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Measure;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.server.monitoring.Evaluation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be expected of recorded scores, if a score means what it meant in the baseline. Immutable.
///
/// @param rows whose scores were recorded; 0 if nothing is to be expected
record Estimate(long rows, List<Metric> metrics) {
    static final Estimate NONE = new Estimate(0, List.of());

    /// Fewer labels do not say what a score means.
    private static final long LEAST_LABELS = 100;

    Estimate {
        metrics = List.copyOf(metrics);
    }

    /// @param output that classes or numbers are read from
    /// @param threshold from which on a number is the positive one of two classes
    static Estimate of(Task task, QualityBaseline usual, Evaluation recorded, String output, double threshold) {
        Cumulative counts = recorded.window() == null ? null : recorded.window().counts();
        if (counts == null || task == Task.REGRESSION) {
            return NONE;
        }
        Feature.Numeric score = feature(counts.plan(), MonitorPlan.OUTPUT + output + ":score", Measure.SCORE);
        if (score != null) {
            // Before the bins are known all scores are in one.
            return score.learning() ? NONE : of(counts, score, usual.confidences(), Double.NEGATIVE_INFINITY);
        }
        Feature.Numeric value = feature(counts.plan(), MonitorPlan.OUTPUT + output, Measure.VALUE);
        return value == null || value.learning() || task != Task.BINARY
                ? NONE
                : of(counts, value, usual.scores(), threshold);
    }

    private static Feature.@Nullable Numeric feature(MonitorPlan plan, String name, Measure measure) {
        return plan.feature(name) instanceof Feature.Numeric numeric && numeric.measure() == measure ? numeric : null;
    }

    /// @param threshold from which on a bin is positive; none if what is calibrated is whether answers are
    ///     right
    private static Estimate of(Cumulative counts, Feature.Numeric feature, BinnedLabels labels, double threshold) {
        long[] bins = counts.bins(feature);
        long rows = 0;
        for (long count : bins) {
            rows += count;
        }
        if (rows == 0 || labels.total() < LEAST_LABELS) {
            return NONE;
        }
        double[] sums = counts.binSums(feature);
        Calibration calibration = labels.calibration();
        double[] chances = new double[bins.length];
        int firstPositive = bins.length;
        for (int i = bins.length - 1; i >= 0; i--) {
            // A bin without rows counts for nothing, whatever its chance.
            double mean = bins[i] == 0 ? Double.NaN : sums[i] / (double) bins[i];
            chances[i] = bins[i] == 0 ? 0 : calibration.of(mean);
            if (bins[i] > 0 && mean >= threshold) {
                firstPositive = i;
            }
        }
        boolean predicted = threshold == Double.NEGATIVE_INFINITY;
        EstimatedQuality quality = EstimatedQuality.of(bins, chances, predicted ? 0 : firstPositive);
        return new Estimate(rows, predicted ? quality.ofPredicted() : quality.ofPositives());
    }
}
