package dev.penstock.core.batching;

import java.util.List;

/// How a model is best run, as [ModelProbe] measured it.
///
/// @param maxRows the most rows of one run; 1 if the model is not batched
/// @param buckets what was measured, from 1 row up to `maxRows`, each about twice the one before it; none if
///     the model failed
/// @param largestDifference between a row's answer alone and among neighbours, relative; 0 where that was not
///     checked
/// @param reason for `maxRows`, in words for the model's status
public record BatchPlan(int maxRows, List<Bucket> buckets, double largestDifference, String reason) {
    /// How long a run of that many rows takes undisturbed: the fast tenth of some.
    public record Bucket(int rows, long serviceNanos) {}

    public BatchPlan {
        buckets = List.copyOf(buckets);
    }

    /// The most rows of a run that others wait for who ask for little: as many as take at most twice as long
    /// as one row, but no fewer than give half of the rows per second.
    public int crowdedRows() {
        double best = 0;
        for (Bucket bucket : buckets) {
            best = Math.max(best, perNano(bucket));
        }
        for (Bucket bucket : buckets.reversed()) {
            if (bucket.serviceNanos() <= 2 * singleNanos()) {
                return Math.max(bucket.rows(), fewestFor(best / 2));
            }
        }
        return maxRows;
    }

    private int fewestFor(double rowsPerNano) {
        for (Bucket bucket : buckets) {
            if (perNano(bucket) >= rowsPerNano) {
                return bucket.rows();
            }
        }
        return maxRows;
    }

    private static double perNano(Bucket bucket) {
        return bucket.rows() / (double) Math.max(1, bucket.serviceNanos());
    }

    /// How long a run of one row takes; longer than any if the model failed.
    public long singleNanos() {
        return buckets.isEmpty() ? Long.MAX_VALUE : buckets.getFirst().serviceNanos();
    }
}
