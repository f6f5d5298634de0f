package dev.penstock.core.batching;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.NanoClock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tries out how a model's rows are best run together, and makes the lane for it.
///
/// Owns a thread for shapes that are first seen while serving: trying takes time that no request has.
final class LaneMaker implements AutoCloseable {
    private static final int COPIED_ROW_BYTES = 4096;
    private static final long RING_BYTES = 8L << 20;

    /// Of one batch's rows. Every worker has buffers for each lane, and callers choose shapes: this times the most
    /// lanes of a model is what they can make it reserve.
    private static final long BATCH_BYTES = 8L << 20;

    private static final int MOST_QUEUED_ROWS = 4096;
    private static final int MOST_WAITING_SHAPES = 64;

    private final Workers workers;
    private final NanoClock clock;
    private final InlineOrder inline;
    private final ThreadPoolExecutor thread;

    LaneMaker(Workers workers, InlineOrder inline, NanoClock clock) {
        this.workers = workers;
        this.clock = clock;
        this.inline = inline;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING_SHAPES),
                Thread.ofPlatform().name("lane-maker").factory());
        thread.allowCoreThreadTimeOut(true);
    }

    /// A lane and its model, or neither.
    ///
    /// @param inline what event loops run it with, or null if only workers do
    /// @param remark in words for the model's status
    record Made(
            @Nullable Lane lane,
            @Nullable BatchModel model,
            @Nullable InlineVersion inline,
            String remark) {
        static Made none(String why) {
            return new Made(null, null, null, "every request runs alone: " + why);
        }
    }

    /// Blocks for a second or two.
    ///
    /// @param bytes what may wait for the model
    Made make(LoadedModel model, ShapeGroup shapes, BatchingOrder order, QueueBytes bytes) {
        return switch (Batchability.of(model, shapes, 1)) {
            case Batchability.Refused(String reason) -> Made.none(reason);
            case Batchability.Batchable(BatchModel batchable) -> make(batchable, order, bytes);
        };
    }

    private Made make(BatchModel batchable, BatchingOrder order, QueueBytes bytes) {
        BatchPlan plan = ModelProbe.plan(batchable, limits(order), clock);
        if (plan.maxRows() == 1) {
            // Alone, the rows of one request still run together, which is what its caller asked for.
            batchable.close();
            return Made.none(plan.reason());
        }
        BatchModel sized = batchable.withMaxRows(plan.maxRows());
        batchable.close();
        for (int i = 0; i < workers.size(); i++) {
            warm(sized.batchRunner(i));
        }
        boolean copies = sized.layout().inputBytes() < COPIED_ROW_BYTES;
        Lane lane = workers.newLane(sized, settings(plan, order, sized.layout()), copies, bytes);
        // Whoever asks for a delay wants larger batches than a turn brings; and a loop waits for no other threads.
        boolean loops = inline.covers(plan) && order.maxDelayNanos() == 0 && sized.threadsPerRun() == 1;
        InlineVersion inlined =
                loops ? new InlineVersion(this, sized, lane, plan, workers.size(), inline.loops()) : null;
        return new Made(lane, sized, inlined, plan.reason());
    }

    // Every runner has buffers, and perhaps a session, of its own; the first run of each is the slow one.
    static void warm(BatchRunner runner) {
        for (int rows = 1; rows <= runner.maxRows(); rows *= 2) {
            runner.run(rows, 1).release();
        }
    }

    private static ProbeLimits limits(BatchingOrder order) {
        ProbeLimits limits = ProbeLimits.standard().withMaxBytes(BATCH_BYTES);
        if (order.fixedRows() > 0) {
            limits = limits.withFixedRows(order.fixedRows());
        }
        return order.allowVariance() ? limits.allowingVariance() : limits;
    }

    private static LaneSettings settings(BatchPlan plan, BatchingOrder order, RowLayout layout) {
        int maxRows = order.mostRows() > 0 ? Math.min(plan.maxRows(), order.mostRows()) : plan.maxRows();
        long fitting = RING_BYTES / Math.max(layout.inputBytes(), 1);
        int standard = (int) Math.clamp(fitting, Math.max(2L * maxRows, 64), MOST_QUEUED_ROWS);
        return new LaneSettings(
                maxRows,
                Math.max(standard, maxRows),
                order.maxDelayNanos(),
                order.levels(),
                Math.min(plan.crowdedRows(), maxRows));
    }

    /// Does it on the maker's thread.
    ///
    /// @return false if too much waits for that already
    boolean later(Runnable work) {
        try {
            thread.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /// Waits until what was put off by now is done.
    void settle() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!thread.isShutdown() && later(() -> done.complete(null))) {
            done.join();
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
