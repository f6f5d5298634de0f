package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;
import java.util.Random;

/// Maps a vector to a few numbers whose scalar products are, on average, a Gaussian kernel: so that the mean of
/// many vectors' numbers says how they are distributed, and not only where their centre is.
///
/// phi(x) = sqrt(2 / D) cos(W x + b), W normal with deviation 1 / sigma, b uniform in [0, 2 pi). Source: Rahimi
/// and Recht, Random features for large-scale kernel machines (2007). The same dimension, D, sigma and seed
/// give the same map on any machine. Immutable; any thread may map.
public final class RandomFourierFeatures {
    public static final int DEFAULT_FEATURES = 64;

    private final int dimension;

    /// For each component of a vector in turn, its weight in each feature. In this order no sum is carried from
    /// one step of the inner loop to the next, and as floats they are surely not the array that is written: so
    /// it runs on several features at once.
    private final float[] weights;

    private final double[] phases;
    private final double amplitude;

    /// @param dimension of the vectors, positive
    /// @param features D, positive
    /// @param sigma width of the kernel, in the vectors' unit, positive; the median distance of two vectors is
    ///     a good one
    /// @param seed of the weights
    public RandomFourierFeatures(int dimension, int features, double sigma, long seed) {
        Check.argument(dimension > 0, "dimension: %d (expected: > 0)", dimension);
        Check.argument(features > 0, "features: %d (expected: > 0)", features);
        Check.argument(sigma > 0 && sigma < Double.POSITIVE_INFINITY, "sigma: %s (expected: > 0, finite)", sigma);
        this.dimension = dimension;
        Random random = new Random(seed);
        weights = new float[Math.multiplyExact(features, dimension)];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (random.nextGaussian() / sigma);
        }
        phases = new double[features];
        for (int i = 0; i < features; i++) {
            phases[i] = random.nextDouble() * 2 * Math.PI;
        }
        amplitude = Math.sqrt(2.0 / features);
    }

    /// D.
    public int features() {
        return phases.length;
    }

    /// Writes phi of one vector. Allocates nothing. A component that is not finite makes all of phi NaN:
    /// leave such vectors out of sums.
    ///
    /// @param vectors the vector is there from `offset` on
    /// @param into of length D, overwritten
    public void map(float[] vectors, int offset, double[] into) {
        int features = phases.length;
        if (into.length != features) {
            throw new IllegalArgumentException("into: %d (expected: %d)".formatted(into.length, features));
        }
        System.arraycopy(phases, 0, into, 0, features);
        for (int j = 0; j < dimension; j++) {
            double component = vectors[offset + j];
            int row = j * features;
            for (int i = 0; i < features; i++) {
                into[i] += weights[row + i] * component;
            }
        }
        for (int i = 0; i < features; i++) {
            into[i] = amplitude * Math.cos(into[i]);
        }
    }
}
