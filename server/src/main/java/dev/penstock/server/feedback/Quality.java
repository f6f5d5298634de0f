package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.quality.Metric;
import dev.penstock.monitor.quality.Task;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How good a version was within a time, by when it predicted. Immutable; what is estimated is kept apart from
/// what labels say.
///
/// @param length that was asked for
/// @param task null as long as nothing was answered or labelled
/// @param fromMinute when the window began, since 1970
/// @param toMinute when it ended
/// @param status whether fewer labels are right than should be, by all that came lately
/// @param predictions rows that were answered here with tokens
/// @param counts what was said of predictions of the window
/// @param classes how many there are at least
/// @param realised what that amounts to
/// @param estimatedRows that were recorded in the window; 0 without an estimate
/// @param estimated what is to be expected of their scores
/// @param delays of labels, of all times
/// @param baseline how good it was at first; null as long as that is not known
/// @param target the share of labels that should be right; NaN if nobody knows
public record Quality(
        ModelKey key,
        Duration length,
        @Nullable Task task,
        long fromMinute,
        long toMinute,
        DriftStatus status,
        long predictions,
        LabelCounts counts,
        int classes,
        List<Metric> realised,
        long estimatedRows,
        List<Metric> estimated,
        LabelDelays delays,
        @Nullable Usual baseline,
        double target) {
    /// How good a version was at first.
    ///
    /// @param right of the labels
    public record Usual(long labels, long right) {}

    public Quality {
        realised = List.copyOf(realised);
        estimated = List.copyOf(estimated);
    }

    /// The part of the window's predictions that has a label; NaN without predictions. More than 1 where
    /// labels come here of what was answered elsewhere.
    public double coverage() {
        return predictions == 0 ? Double.NaN : (double) counts.labels() / (double) predictions;
    }

    /// The length as people ask for it, such as `1h`, `5m` or `7d`.
    public String window() {
        long minutes = length.toMinutes();
        if (minutes % (24 * 60) == 0 && minutes > 24 * 60) {
            return minutes / (24 * 60) + "d";
        }
        return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
    }
}
