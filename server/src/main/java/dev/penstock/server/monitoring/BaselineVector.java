package dev.penstock.server.monitoring;

import dev.penstock.core.Check;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.PlannedVector;
import dev.penstock.monitor.recording.VectorReference;

/// What was usual of one tensor's vectors: what all are held against, and their sums. Immutable.
final class BaselineVector {
    private final String norm;
    private final VectorReference reference;
    private final double[] sums;

    /// @param norm the feature of their lengths, by which they are known
    /// @param sums of [PlannedVector#sums] of such a reference; copied
    BaselineVector(String norm, VectorReference reference, double[] sums) {
        for (double sum : sums) {
            Check.argument(Double.isFinite(sum), "%s: a sum of %s (expected: finite)", norm, sum);
        }
        this.norm = norm;
        this.reference = reference;
        this.sums = sums.clone();
    }

    static BaselineVector of(Cumulative counts, PlannedVector vector, VectorReference reference) {
        double[] sums = new double[vector.sums()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = counts.sum(vector.firstSum() + i);
        }
        return new BaselineVector(vector.norm().name(), reference, sums);
    }

    String norm() {
        return norm;
    }

    VectorReference reference() {
        return reference;
    }

    /// What it takes in memory, about.
    long bytes() {
        return 8L * sums.length + reference.bytes();
    }

    /// A copy.
    double[] sums() {
        return sums.clone();
    }

    /// Whether a plan holds such vectors against the same.
    boolean fits(PlannedVector vector) {
        VectorReference planned = vector.reference();
        return planned != null
                && planned.equals(reference)
                && vector.norm().name().equals(norm)
                && vector.sums() == sums.length;
    }

    /// Into the sums of a plan, if it fits.
    void copy(PlannedVector vector, double[] allSums) {
        if (fits(vector)) {
            System.arraycopy(sums, 0, allSums, vector.firstSum(), sums.length);
        }
    }
}
