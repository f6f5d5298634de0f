package dev.penstock.core.batching;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Tries out how a model's rows are best run together, and makes the lane for it.
///
/// Owns a thread for shapes that are first seen while serving, and for the runners of event loops: trying and making
/// take time that no request has.
final class LaneMaker implements AutoCloseable {
    private static final int COPIED_ROW_BYTES = 4096;

    /// A place in a ring, without its row.
    private static final int SLOT_BYTES = 64;

    /// While one set of outputs is read, the next run fills another.
    private static final int OUTPUT_SETS = 2;

    /// A ring, and the queues of callers that compete.
    private static final int WAITING_PLACES = 2;

    /// After so many, the code that tries models is compiled.
    private static final int COLD_MODELS = 4;

    private static final int FEWEST_QUEUED_ROWS = 64;
    private static final int MOST_QUEUED_ROWS = 4096;
    private static final int MOST_WAITING_SHAPES = 64;

    private final Workers workers;
    private final NanoClock clock;
    private final InlineOrder inline;
    private final ThreadPoolExecutor thread;

    /// Models that were tried out.
    private final AtomicInteger tried = new AtomicInteger();

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
                task -> Thread.ofPlatform().name("lane-maker").unstarted(Niceness.nicely(task)));
        thread.allowCoreThreadTimeOut(true);
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /// Blocks for a second or two.
    ///
    /// @param shared with the other lanes of the model
    ShapeLane make(LoadedModel model, ShapeGroup shapes, BatchingOrder order, LaneRoom room, LaneShared shared) {
        return switch (Batchability.of(model, shapes, 1)) {
            case Batchability.Refused(String reason) -> ShapeLane.none(reason);
            case Batchability.Batchable(BatchModel batchable) -> {
                try (batchable) {
                    yield make(batchable, order, room, shared);
                }
            }
        };
    }

    private ShapeLane make(BatchModel batchable, BatchingOrder order, LaneRoom room, LaneShared shared) {
        BatchPlan plan = ModelProbe.plan(batchable, limits(order, room), clock);
        // Alone, the rows of one request still run together, which is what its caller asked for; so only where every
        // request knows the way past the lane is one of single rows worth having.
        if (plan.maxRows() == 1 && (plan.buckets().isEmpty() || room.lanes() > 1)) {
            return ShapeLane.none(plan.reason());
        }
        LaneSettings settings = settings(plan, order, batchable.layout(), room);
        long bytes = bytes(plan, settings, batchable.layout());
        if (bytes > room.bytes()) {
            return ShapeLane.none("a lane would take %d bytes (expected: <= %d)".formatted(bytes, room.bytes()));
        }
        BatchModel sized = batchable.withMaxRows(plan.maxRows());
        try {
            for (int i = 0; i < workers.size(); i++) {
                warm(sized, sized.batchRunner(i));
            }
            return ShapeLane.of(lane(sized, plan, settings, order, room, shared), bytes, plan.reason());
        } catch (ServingException e) {
            // Another runner could when the model was tried; alone it may still answer.
            sized.close();
            return ShapeLane.none("warming up failed: " + e.reason());
        } catch (RuntimeException | Error e) {
            sized.close();
            throw e;
        }
    }

    private FixedLane lane(
            BatchModel sized,
            BatchPlan plan,
            LaneSettings settings,
            BatchingOrder order,
            LaneRoom room,
            LaneShared shared) {
        Lane lane = workers.newLane(sized, settings, copiesOnOffer(sized.layout()), shared);
        // Whoever asks for a delay wants larger batches than a turn brings; and a loop waits for no other threads.
        boolean loops =
                room.lanes() == 1 && inline.covers(plan) && order.maxDelayNanos() == 0 && sized.threadsPerRun() == 1;
        InlineVersion inlined =
                loops ? new InlineVersion(this, sized, lane, plan, workers.size(), inline.loops()) : null;
        return new FixedLane(lane, sized, inlined, plan.maxRows() == 1);
    }

    private static boolean copiesOnOffer(RowLayout layout) {
        return layout.inputBytes() < COPIED_ROW_BYTES;
    }

    /// What a lane reserves when all of it is in use.
    private long bytes(BatchPlan plan, LaneSettings settings, RowLayout layout) {
        long batch = plan.maxRows() * (layout.inputBytes() + OUTPUT_SETS * layout.outputBytes());
        long place = SLOT_BYTES + (copiesOnOffer(layout) ? layout.inputBytes() : 0);
        long places = 0;
        for (int level = 0; level < settings.levels().count(); level++) {
            places += PriorityRings.powerOfTwo(settings.placesOf(level));
        }
        return workers.size() * batch + WAITING_PLACES * places * place;
    }

    // Every runner has buffers, and perhaps a session, of its own; the first run of each is the slow one.
    // It runs what the trial ran: many models reject zeros.
    static void warm(BatchModel model, BatchRunner runner) {
        new ProbeRows(model, runner).prepare();
        for (int rows = 1; rows < runner.maxRows(); rows *= 2) {
            runner.run(rows, 1).release();
        }
        runner.run(runner.maxRows(), 1).release();
    }

    private ProbeLimits limits(BatchingOrder order, LaneRoom room) {
        ProbeLimits limits =
                ProbeLimits.standard().withMaxBytes(room.batchBytes()).withMostRows(order.mostRows());
        if (tried.getAndIncrement() >= COLD_MODELS) {
            limits = limits.inWarmCode();
        }
        if (order.fixedRows() > 0) {
            limits = limits.withFixedRows(order.fixedRows());
        }
        return order.allowVariance() ? limits.allowingVariance() : limits;
    }

    private static LaneSettings settings(BatchPlan plan, BatchingOrder order, RowLayout layout, LaneRoom room) {
        int maxRows = plan.maxRows();
        long fitting = room.ringBytes() / Math.max(layout.inputBytes(), 1);
        // A request of the largest size that is promised is cut into pieces, which wait together.
        long fewest =
                Math.max(Math.max(2L * maxRows, FEWEST_QUEUED_ROWS), Math.min(order.mostRows(), MOST_QUEUED_ROWS));
        int standard = (int) Math.clamp(fitting, fewest, Math.max(fewest, MOST_QUEUED_ROWS));
        return new LaneSettings(
                maxRows, Math.max(standard, maxRows), order.maxDelayNanos(), order.levels(), plan.crowdedRows());
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

    @Override
    public void close() {
        thread.shutdown();
    }
}
