package dev.penstock.monitor.recording;

import dev.penstock.monitor.statistics.CovarianceTraces;
import dev.penstock.monitor.statistics.FeatureSums;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What was summed of the vectors of one tensor: some of all rows'. Immutable.
public final class VectorSums {
    private final int elements;
    private final int features;
    private final double[] sums;

    private VectorSums(int elements, int features, double[] sums) {
        this.elements = elements;
        this.features = features;
        this.sums = sums;
    }

    /// @param vector of the plan that counted
    public static VectorSums of(Cumulative counts, PlannedVector vector) {
        double[] sums = new double[vector.sums()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = counts.sum(vector.firstSum() + i);
        }
        VectorReference reference = vector.reference();
        return new VectorSums(vector.elements(), reference == null ? 0 : reference.featureCount(), sums);
    }

    /// How many vectors.
    public long count() {
        return Math.round(sums[elements]);
    }

    /// Their middle; of NaN if there is none.
    public double[] mean() {
        double[] mean = Arrays.copyOf(sums, elements);
        for (int i = 0; i < elements; i++) {
            mean[i] /= sums[elements];
        }
        return mean;
    }

    /// Of their random features; null if there are none.
    public @Nullable FeatureSums features() {
        if (features == 0) {
            return null;
        }
        double squares = 0;
        int at = elements + 1 + features;
        for (int i = 0; i < features; i++) {
            // The products of each with those before it, and with itself.
            squares += sums[at + i];
            at += i + 1;
        }
        return new FeatureSums(count(), Arrays.copyOfRange(sums, elements + 1, elements + 1 + features), squares);
    }

    /// How those vary; null if they do not, or there are fewer than two vectors.
    public @Nullable CovarianceTraces traces() {
        if (features == 0 || count() < 2) {
            return null;
        }
        return CovarianceTraces.ofSums(
                count(),
                Arrays.copyOfRange(sums, elements + 1, elements + 1 + features),
                Arrays.copyOfRange(sums, elements + 1 + features, sums.length));
    }
}
