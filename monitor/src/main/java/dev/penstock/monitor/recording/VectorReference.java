package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.RandomFourierFeatures;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What vectors of one tensor are held against. Immutable.
public final class VectorReference {
    /// How many projections there may be.
    public static final int MOST_PROJECTIONS = 32;

    private final double[] centroid;
    private final int projections;
    private final long seed;
    private final double width;

    /// What tells distributions apart; null where that is not wanted.
    private final @Nullable RandomFourierFeatures features;

    /// Without what tells distributions apart.
    ///
    /// @param centroid the middle of a baseline's vectors, not all zeros
    /// @param projections how many random directions vectors are projected on; 0 for none
    /// @param seed of the directions: equal seeds make equal ones everywhere
    public VectorReference(double[] centroid, int projections, long seed) {
        this(centroid, projections, seed, 0);
    }

    /// @param centroid the middle of a baseline's vectors, not all zeros
    /// @param projections how many random directions vectors are projected on; 0 for none
    /// @param seed of the directions and of the random features: equal seeds make equal ones everywhere
    /// @param width of the kernel that distributions are told apart by, in the vectors' unit; 0 for none
    public VectorReference(double[] centroid, int projections, long seed, double width) {
        Check.argument(width >= 0 && Double.isFinite(width), "width: %s (expected: >= 0, finite)", width);
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
        this.width = width;
        this.features = width == 0
                ? null
                : new RandomFourierFeatures(centroid.length, RandomFourierFeatures.DEFAULT_FEATURES, width, seed);
    }

    /// What the vectors' random features are made with, or null.
    @Nullable
    RandomFourierFeatures features() {
        return features;
    }

    /// How many random features there are.
    int featureCount() {
        return features == null ? 0 : features.features();
    }

    /// How many sums those take: of each feature, and of the products of each two.
    int featureSums() {
        int count = featureCount();
        return count + count * (count + 1) / 2;
    }

    /// What it takes in memory, about.
    public long bytes() {
        return 8L * centroid.length + (features == null ? 0 : 4L * centroid.length * features.features());
    }

    /// 0 for none.
    public double width() {
        return width;
    }

    public int elements() {
        return centroid.length;
    }

    /// A copy.
    public double[] centroid() {
        return centroid.clone();
    }

    public int projections() {
        return projections;
    }

    public long seed() {
        return seed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VectorReference that
                && Arrays.equals(centroid, that.centroid)
                && projections == that.projections
                && seed == that.seed
                && width == that.width;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(centroid) + projections + Long.hashCode(seed) + Double.hashCode(width);
    }

    /// Whole, because plans are told apart by it.
    @Override
    public String toString() {
        return Arrays.toString(centroid) + "/" + projections + "/" + seed + (width == 0 ? "" : "/" + width);
    }
}
