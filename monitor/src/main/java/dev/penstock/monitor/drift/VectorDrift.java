package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.PlannedVector;
import dev.penstock.monitor.recording.VectorReference;
import dev.penstock.monitor.recording.VectorSums;
import dev.penstock.monitor.statistics.Centroids;
import dev.penstock.monitor.statistics.CovarianceTraces;
import dev.penstock.monitor.statistics.FeatureSums;
import dev.penstock.monitor.statistics.MeanDiscrepancy;

/// How the vectors of one tensor differ from the baseline's. What cannot be said is NaN.
///
/// @param name of the tensor, as its features have it
/// @param baselineCount vectors of the baseline that were summed
/// @param count the same of the window
/// @param mmd the squared maximum mean discrepancy, less what chance makes of it
/// @param p how likely one as large is if nothing drifted
/// @param distance of the two middles
/// @param cosine 1 - that of the angle between them
/// @param shift that distance, less what chance makes of it, in standard deviations of the baseline's
///     vectors
public record VectorDrift(
        String name,
        long baselineCount,
        long count,
        DriftStatus status,
        double mmd,
        double p,
        double distance,
        double cosine,
        double shift) {
    /// Below, what is said of their distribution is not to be trusted.
    private static final long LEAST = 200;

    private static final double WARN_SHIFT = 0.25;
    private static final double CRITICAL_SHIFT = 0.5;

    /// @param level of significance
    static VectorDrift of(PlannedVector vector, Cumulative baseline, Cumulative window, double level) {
        VectorSums before = VectorSums.of(baseline, vector);
        VectorSums now = VectorSums.of(window, vector);
        VectorReference reference = vector.reference();
        FeatureSums usual = before.features();
        FeatureSums seen = now.features();
        CovarianceTraces traces = before.traces();
        if (reference == null
                || usual == null
                || seen == null
                || traces == null
                || before.count() < LEAST
                || now.count() < LEAST) {
            return new VectorDrift(
                    vector.name(),
                    before.count(),
                    now.count(),
                    DriftStatus.INSUFFICIENT,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN);
        }
        MeanDiscrepancy discrepancy = MeanDiscrepancy.of(usual, seen, traces);
        double distance = Centroids.euclidean(before.mean(), now.mean());
        // The width is the root of twice the variance of all elements together.
        double variance = reference.width() * reference.width() / 2;
        double chance = 1 / (double) before.count() + 1 / (double) now.count();
        double shift = Math.sqrt(Math.max(0, distance * distance / variance - chance));
        return new VectorDrift(
                vector.name(),
                before.count(),
                now.count(),
                status(discrepancy.pValue(), shift, level),
                discrepancy.unbiased(),
                discrepancy.pValue(),
                distance,
                Centroids.cosine(before.mean(), now.mean()),
                shift);
    }

    /// Whether it speaks for clearing an alarm: its middle is not near where that would be one, or only by
    /// chance.
    boolean isCalm() {
        return !status.alarming() && !(status == DriftStatus.NOTICE && shift > DriftRules.CALM_PART * WARN_SHIFT);
    }

    private static DriftStatus status(double p, double shift, double level) {
        if (p > level) {
            return DriftStatus.OK;
        }
        if (shift >= CRITICAL_SHIFT) {
            return DriftStatus.CRITICAL;
        }
        return shift >= WARN_SHIFT ? DriftStatus.WARNING : DriftStatus.NOTICE;
    }
}
