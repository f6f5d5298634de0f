package dev.penstock.server.telemetry;

import dev.penstock.router.shadow.DifferenceScale;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;

/// How far the numbers of a shadow's answers are from the primary's, in few buckets: those that are the same,
/// then one for each decade from a millionth to a thousand. What their sum is nobody counts. Pure.
final class DifferencePoints {
    private static final double LEAST = 0.9e-6;
    private static final double MOST = 1.1e3;

    private DifferencePoints() {}

    /// @param counts by class of [DifferenceScale]
    static HistogramDataPointSnapshot of(Labels labels, List<Long> counts) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long some = 0;
        for (int i = 0; i < counts.size(); i++) {
            some += counts.get(i);
            if (isBound(i)) {
                buckets.bucket(DifferenceScale.upper(i), some);
                some = 0;
            }
        }
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets.build())
                .build();
    }

    private static boolean isBound(int index) {
        double upper = DifferenceScale.upper(index);
        return upper == 0 || upper == Double.POSITIVE_INFINITY || (upper > LEAST && upper < MOST && isDecade(upper));
    }

    private static boolean isDecade(double upper) {
        double exponent = Math.log10(upper);
        return Math.abs(exponent - Math.rint(exponent)) < 0.1;
    }
}
