package dev.penstock.router.simulation;

import java.util.Arrays;

/// What one arm did in a minute.
final class Arm {
    private final long failures;
    private final long[] latencies;
    private final long[] predictions;

    Arm(long failures, long[] latencies, long[] predictions) {
        this.failures = failures;
        this.latencies = latencies;
        this.predictions = predictions;
    }

    long failures() {
        return failures;
    }

    /// By bucket; of requests that did not fail.
    long[] latencies() {
        return latencies;
    }

    /// By bin of scores.
    long[] predictions() {
        return predictions;
    }

    long requests() {
        return failures + Arrays.stream(latencies).sum();
    }

    Arm plus(Arm other) {
        return new Arm(failures + other.failures, sum(latencies, other.latencies), sum(predictions, other.predictions));
    }

    private static long[] sum(long[] a, long[] b) {
        long[] sum = a.clone();
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }
}
