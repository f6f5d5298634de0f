package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.util.Arrays;

/// What vectors of one tensor are held against. Immutable.
public final class VectorReference {
    /// How many projections there may be.
    public static final int MOST_PROJECTIONS = 32;

    private final double[] centroid;
    private final int projections;
    private final long seed;

    /// @param centroid the middle of a baseline's vectors, not all zeros
    /// @param projections how many random directions vectors are projected on; 0 for none
    /// @param seed of the directions: equal seeds make equal ones everywhere
    public VectorReference(double[] centroid, int projections, long seed) {
        Check.argument(
                projections >= 0 && projections <= MOST_PROJECTIONS,
                "projections: %d (expected: 0..%d)",
                projections,
                MOST_PROJECTIONS);
        Check.argument(
                Arrays.stream(centroid).anyMatch(x -> x != 0)
                        && Arrays.stream(centroid).allMatch(Double::isFinite),
                "a centroid of %d elements (expected: finite, not all zeros)",
                centroid.length);
        this.centroid = centroid.clone();
        this.projections = projections;
        this.seed = seed;
    }

    int elements() {
        return centroid.length;
    }

    double[] centroid() {
        return centroid.clone();
    }

    int projections() {
        return projections;
    }

    long seed() {
        return seed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VectorReference that
                && Arrays.equals(centroid, that.centroid)
                && projections == that.projections
                && seed == that.seed;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(centroid) + projections + Long.hashCode(seed);
    }

    /// Whole, because plans are told apart by it.
    @Override
    public String toString() {
        return Arrays.toString(centroid) + "/" + projections + "/" + seed;
    }
}
