package dev.penstock.monitor.recording;

import dev.penstock.monitor.statistics.SparseProjections;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Makes of the vectors that were seen by now what later ones are held against. Pure.
final class References {
    private static final int PROJECTIONS = 8;

    /// The same everywhere, so that what counts alike is known by its id alone.
    private static final long SEED = 0x5EED;

    /// Vectors from which on their middle is worth something.
    private static final long LEAST = 30;

    /// Where twenty bins of a normal value end, from its mean up, in deviations; the last one is hardly passed.
    private static final double[] QUANTILES = {0, 0.126, 0.253, 0.385, 0.524, 0.674, 0.842, 1.036, 1.282, 1.645, 4};

    private References() {}

    /// Of all vectors that have no reference. Where projections fall is not learnt but reckoned: their bins
    /// need not be right, for what is usual in each is counted.
    static Known of(Cumulative seen) {
        Map<String, VectorReference> references = new HashMap<>();
        Map<String, Edges> edges = new HashMap<>();
        for (PlannedVector vector : seen.plan().vectors()) {
            VectorSums sums = VectorSums.of(seen, vector);
            if (vector.reference() == null && sums.count() >= LEAST && vector.norm() instanceof Feature.Numeric norm) {
                double[] centroid = sums.mean();
                double variance = seen.squares(norm)
                                / (double) Arrays.stream(seen.bins(norm)).sum()
                        - Arrays.stream(centroid).map(x -> x * x).sum();
                boolean usable = Arrays.stream(centroid).allMatch(Double::isFinite)
                        && Arrays.stream(centroid).anyMatch(x -> x != 0)
                        && Double.isFinite(variance);
                if (usable) {
                    // About the median distance of two vectors.
                    double width = variance > 0 ? Math.sqrt(2 * variance) : 0;
                    int projections = variance > 0 ? PROJECTIONS : 0;
                    references.put(norm.name(), new VectorReference(centroid, projections, SEED, width));
                    project(vector, centroid, projections, Math.sqrt(variance / vector.elements()), edges);
                }
            }
        }
        return new Known(edges, Map.of(), references);
    }

    private static void project(
            PlannedVector vector, double[] centroid, int count, double deviation, Map<String, Edges> edges) {
        SparseProjections directions = new SparseProjections(centroid.length, count, SEED);
        for (int i = 0; i < count; i++) {
            double middle = directions.project(centroid, i);
            double[] ends = new double[2 * QUANTILES.length - 1];
            for (int k = 0; k < QUANTILES.length; k++) {
                ends[QUANTILES.length - 1 + k] = middle + QUANTILES[k] * deviation;
                ends[QUANTILES.length - 1 - k] = middle - QUANTILES[k] * deviation;
            }
            if (Arrays.stream(ends).distinct().count() == ends.length) {
                edges.put(vector.name() + ":projection:" + i, Edges.of(ends));
            }
        }
    }
}
