package dev.penstock.core.batching;

import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchPlan.Bucket;
import java.util.List;
import java.util.Locale;

/// Finds out, before a model serves, how many rows it should run at a time. Everything that will run has run once when
/// it is done.
///
/// A batch is worth it as long as twice the rows take clearly less than twice the time, which [BatchSearch] decides,
/// and as long as no caller can see it in the answers.
public final class ModelProbe {
    private static final double TOLERATED_DIFFERENCE = 1e-4;

    private static final long WARMING_NANOS = 20_000_000;

    private final ProbeLimits limits;
    private final NanoClock clock;

    /// What runs are timed with: others may want the same processor while a serving model is tried out.
    private final NanoClock runClock;

    private final BatchRunner runner;
    private final ProbeRows rows;
    private final NeighbourCheck neighbours;
    private final long startNanos;
    private final BatchSearch search;

    private ModelProbe(BatchModel model, ProbeLimits limits, NanoClock clock) {
        this.limits = limits;
        this.clock = clock;
        this.runClock = model.computesInCaller() ? NanoClock.ofThisThread() : clock;
        this.runner = model.batchRunner(0);
        this.rows = new ProbeRows(model, runner);
        this.neighbours = new NeighbourCheck(model, runner, rows);
        this.startNanos = clock.nanoTime();
        this.search = new BatchSearch(new Timer(), limits, runner.maxRows());
    }

    /// Runs the model, with runners of its own. Blocks for about the time that the limits give: for the thread that
    /// loads.
    ///
    /// @param clock bounds how long it takes, and times runs that are not the calling thread's work alone
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
            int maxRows = search.search();
            return maxRows == 1
                    ? notBatched(search.reason(), 0)
                    : judge(maxRows, neighbours.largestDifference(maxRows));
        } catch (ServingException e) {
            return new BatchPlan(1, List.of(), 0, "not batched: a trial run failed: " + e.reason());
        }
    }

    private BatchPlan judge(int maxRows, double difference) {
        if (difference <= TOLERATED_DIFFERENCE) {
            return new BatchPlan(
                    maxRows,
                    search.buckets(),
                    difference,
                    "batches of up to %d rows: %s".formatted(maxRows, search.reason()));
        }
        String finding = "answers depend on neighbours (largest relative difference %s)".formatted(brief(difference));
        return limits.allowVariance()
                ? new BatchPlan(
                        maxRows,
                        search.buckets(),
                        difference,
                        "batches of up to %d rows, though %s".formatted(maxRows, finding))
                : notBatched(finding, difference);
    }

    private BatchPlan notBatched(String why, double difference) {
        List<Bucket> single = search.buckets().stream().limit(1).toList();
        return new BatchPlan(1, single, difference, "not batched: " + why);
    }

    private static String brief(double difference) {
        return String.format(Locale.ROOT, "%.1e", difference);
    }

    private void warm() {
        for (int run = 0; run < limits.warmingRuns() && spentNanos() < WARMING_NANOS; run++) {
            runner.run(1, 1).release();
        }
    }

    private long spentNanos() {
        return clock.nanoTime() - startNanos;
    }

    private final class Timer implements BatchSearch.Trial {
        @Override
        public long runNanos(int rowCount) {
            long beginNanos = runClock.nanoTime();
            runner.run(rowCount, 1).release();
            return runClock.nanoTime() - beginNanos;
        }

        @Override
        public long spentNanos() {
            return ModelProbe.this.spentNanos();
        }
    }
}
