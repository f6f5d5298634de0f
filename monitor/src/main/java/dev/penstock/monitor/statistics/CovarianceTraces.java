package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;
import org.jspecify.annotations.Nullable;

/// The two numbers about a covariance matrix C that say how a squared distance of means spreads by chance.
///
/// @param trace of C, positive
/// @param traceOfSquare of C C, positive
public record CovarianceTraces(double trace, double traceOfSquare) {
    public CovarianceTraces {
        Check.argument(trace > 0, "trace: %s (expected: > 0)", trace);
        Check.argument(traceOfSquare > 0, "traceOfSquare: %s (expected: > 0)", traceOfSquare);
    }

    /// Of the unbiased covariance of vectors that are not all the same.
    ///
    /// @param vectors two or more, of the same length
    public static CovarianceTraces of(double[][] vectors) {
        Check.argument(vectors.length >= 2, "vectors: %d (expected: >= 2)", vectors.length);
        int dimension = vectors[0].length;
        double[] means = means(vectors, dimension);
        double trace = 0;
        double traceOfSquare = 0;
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j <= i; j++) {
                double covariance = covariance(vectors, means, i, j);
                traceOfSquare += (i == j ? 1 : 2) * covariance * covariance;
                trace += i == j ? covariance : 0;
            }
        }
        return new CovarianceTraces(trace, traceOfSquare);
    }

    /// The same of sums, which add up over replicas and time.
    ///
    /// @param count of vectors, two or more
    /// @param sum of the vectors
    /// @param products of each component with those before it and itself, one component after another;
    ///     their sums
    /// @return null if the vectors are all the same
    public static @Nullable CovarianceTraces ofSums(long count, double[] sum, double[] products) {
        Check.argument(count >= 2, "count: %d (expected: >= 2)", count);
        double n = (double) count;
        double trace = 0;
        double traceOfSquare = 0;
        double scale = 0;
        int at = 0;
        for (int i = 0; i < sum.length; i++) {
            for (int j = 0; j <= i; j++) {
                double covariance = (products[at] - sum[i] * sum[j] / n) / (n - 1);
                traceOfSquare += (i == j ? 1 : 2) * covariance * covariance;
                trace += i == j ? covariance : 0;
                scale += i == j ? products[at] / n : 0;
                at++;
            }
        }
        // What is left of rounding is no variance.
        return trace > 1e-12 * scale && traceOfSquare > 0 ? new CovarianceTraces(trace, traceOfSquare) : null;
    }

    private static double[] means(double[][] vectors, int dimension) {
        double[] means = new double[dimension];
        for (double[] vector : vectors) {
            Check.argument(vector.length == dimension, "vectors: one of %d (expected: %d)", vector.length, dimension);
            for (int i = 0; i < dimension; i++) {
                means[i] += vector[i] / vectors.length;
            }
        }
        return means;
    }

    private static double covariance(double[][] vectors, double[] means, int i, int j) {
        double sum = 0;
        for (double[] vector : vectors) {
            sum += (vector[i] - means[i]) * (vector[j] - means[j]);
        }
        return sum / (vectors.length - 1);
    }
}
