package dev.penstock.core.batching;

import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchPlan.Bucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Finds out, before a model serves, how many rows it should run at a time. Everything that will run has run once when
/// it is done.
///
/// A batch is worth it as long as twice the rows take clearly less than twice the time, and as long as no caller can
/// see it in the answers.
public final class ModelProbe {
    /// A larger batch must raise rows per second by this factor.
    private static final double WORTHWHILE = 1.05;
    private static final double TOLERATED_DIFFERENCE = 1e-4;

    private static final int FEWEST_SAMPLES = 3;
    private static final int MOST_SAMPLES = 51;
    private static final long SAMPLING_NANOS = 10_000_000;
    /// Before the first measurement, the code around the model gets warm too.
    private static final int MOST_WARMING_RUNS = 300;
    private static final long WARMING_NANOS = 20_000_000;

    private final ProbeLimits limits;
    private final NanoClock clock;
    private final BatchRunner runner;
    private final ProbeRows rows;
    private final NeighbourCheck neighbours;
    private final long startNanos;
    private final List<Bucket> buckets = new ArrayList<>();
    private String reason = "";

    private ModelProbe(BatchModel model, ProbeLimits limits, NanoClock clock) {
        this.limits = limits;
        this.clock = clock;
        this.runner = model.batchRunner(0);
        this.rows = new ProbeRows(model, runner);
        this.neighbours = new NeighbourCheck(model, runner, rows);
        this.startNanos = clock.nanoTime();
    }

    /// Runs the model, with runners of its own. Blocks for about the time that the limits give: for the thread that
    /// loads.
    ///
    /// @param model with any number of rows; the plan is followed by `model.withMaxRows(plan.maxRows())`
    public static BatchPlan plan(BatchModel model, ProbeLimits limits, NanoClock clock) {
        try (BatchModel probed = model.withMaxRows(limits.mostRows(model.layout()))) {
            return new ModelProbe(probed, limits, clock).plan();
        }
    }

    private BatchPlan plan() {
        try {
            rows.prepare();
            warm();
            int maxRows = findMaxRows();
            return maxRows == 1 ? notBatched(reason, 0) : judge(maxRows, neighbours.largestDifference(maxRows));
        } catch (ServingException e) {
            return notBatched("a trial run failed: " + e.reason(), 0);
        }
    }

    private BatchPlan judge(int maxRows, double difference) {
        if (difference <= TOLERATED_DIFFERENCE) {
            return new BatchPlan(
                    maxRows, buckets, difference, "batches of up to %d rows: %s".formatted(maxRows, reason));
        }
        String finding = "answers depend on neighbours (largest relative difference %s)".formatted(brief(difference));
        return limits.allowVariance()
                ? new BatchPlan(
                        maxRows, buckets, difference, "batches of up to %d rows, though %s".formatted(maxRows, finding))
                : notBatched(finding, difference);
    }

    private BatchPlan notBatched(String why, double difference) {
        List<Bucket> single = buckets.subList(0, Math.min(1, buckets.size()));
        return new BatchPlan(1, single, difference, "not batched: " + why);
    }

    private static String brief(double difference) {
        return String.format(Locale.ROOT, "%.1e", difference);
    }

    private void warm() {
        for (int run = 0; run < MOST_WARMING_RUNS && spentNanos() < WARMING_NANOS; run++) {
            runner.run(1, 1).release();
        }
    }

    /// Measures ever larger batches, and says why it stopped.
    private int findMaxRows() {
        Bucket best = measure(1);
        while (best.rows() < runner.maxRows()) {
            int next = Math.min(2 * best.rows(), runner.maxRows());
            boolean fixed = limits.fixedRows() > 0;
            if (!fixed && wouldTakeTooLong(best, next)) {
                reason = "trying %d would have taken too long".formatted(next);
                return best.rows();
            }
            Bucket larger = measure(next);
            if (!fixed && ratio(larger, best) < WORTHWHILE) {
                buckets.removeLast();
                reason = "%d gain little (%d ns a row instead of %d)"
                        .formatted(next, larger.serviceNanos() / next, best.serviceNanos() / best.rows());
                return best.rows();
            }
            best = larger;
        }
        reason = limits.fixedRows() > 0 ? "as configured" : "the most that are tried";
        return best.rows();
    }

    private boolean wouldTakeTooLong(Bucket last, int nextRows) {
        double runNanos = (double) last.serviceNanos() * nextRows / last.rows();
        return spentNanos() + (1 + FEWEST_SAMPLES) * runNanos > limits.budgetNanos();
    }

    /// How many times the rows per second of `before` there are.
    private static double ratio(Bucket after, Bucket before) {
        double nanosBefore = (double) before.serviceNanos() / before.rows();
        return nanosBefore * after.rows() / after.serviceNanos();
    }

    private Bucket measure(int rowCount) {
        runner.run(rowCount, 1).release();
        long[] samples = new long[MOST_SAMPLES];
        int count = 0;
        long beginNanos = clock.nanoTime();
        long nowNanos = beginNanos;
        while (wantsMore(count, nowNanos - beginNanos)) {
            runner.run(rowCount, 1).release();
            long endNanos = clock.nanoTime();
            samples[count] = endNanos - nowNanos;
            nowNanos = endNanos;
            count++;
        }
        Arrays.sort(samples, 0, count);
        Bucket bucket = new Bucket(rowCount, Math.max(1, samples[count / 2]));
        buckets.add(bucket);
        return bucket;
    }

    private boolean wantsMore(int count, long sampledNanos) {
        int fewest = spentNanos() < limits.budgetNanos() ? FEWEST_SAMPLES : 1;
        return count < fewest || (count < MOST_SAMPLES && sampledNanos < SAMPLING_NANOS);
    }

    private long spentNanos() {
        return clock.nanoTime() - startNanos;
    }
}
