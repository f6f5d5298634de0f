package dev.penstock.core.batching;

import java.util.List;

/// How a model is best run, as [ModelProbe] measured it.
///
/// @param maxRows the most rows of one run; 1 if the model is not batched
/// @param buckets what was measured, from 1 row up to `maxRows`, each about twice the one before it; none if
///     the model
///     failed
/// @param largestDifference between a row's answer alone and among neighbours, relative; 0 where that was not
///     checked
/// @param reason for `maxRows`, in words for the model's status
public record BatchPlan(int maxRows, List<Bucket> buckets, double largestDifference, String reason) {
    /// How long a run of that many rows takes undisturbed: the fast tenth of some.
    public record Bucket(int rows, long serviceNanos) {}

    public BatchPlan {
        buckets = List.copyOf(buckets);
    }

    /// How long a run of one row takes; longer than any if the model failed.
    public long singleNanos() {
        return buckets.isEmpty() ? Long.MAX_VALUE : buckets.getFirst().serviceNanos();
    }
}
