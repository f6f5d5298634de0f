package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// What is kept of many vectors: how many, their sum and the sum of their squared norms. Adds up over replicas
/// and time. Immutable.
public final class FeatureSums {
    private final long count;
    private final double[] sum;
    private final double squares;

    /// @param count of vectors, not negative
    /// @param sum of the vectors; copied
    /// @param squares sum of their squared norms
    public FeatureSums(long count, double[] sum, double squares) {
        Check.argument(count >= 0, "count: %d (expected: >= 0)", count);
        this.count = count;
        this.sum = sum.clone();
        this.squares = squares;
    }

    public long count() {
        return count;
    }

    public int dimension() {
        return sum.length;
    }

    /// Of these and the others together.
    public FeatureSums plus(FeatureSums other) {
        checkDimension(other);
        double[] both = sum.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] += other.sum[i];
        }
        return new FeatureSums(count + other.count, both, squares + other.squares);
    }

    /// The squared distance of the two means. Both have a vector.
    double squaredMeanDistance(FeatureSums other) {
        checkDimension(other);
        double total = 0;
        for (int i = 0; i < sum.length; i++) {
            double difference = sum[i] / (double) count - other.sum[i] / (double) other.count;
            total += difference * difference;
        }
        return total;
    }

    /// The trace of the unbiased covariance. There are two vectors or more.
    double covarianceTrace() {
        double squaredMean = 0;
        for (double component : sum) {
            double mean = component / (double) count;
            squaredMean += mean * mean;
        }
        return (squares / (double) count - squaredMean) * (double) count / (double) (count - 1);
    }

    private void checkDimension(FeatureSums other) {
        Check.argument(
                sum.length == other.sum.length, "other: %d dimensions (expected: %d)", other.sum.length, sum.length);
    }
}
