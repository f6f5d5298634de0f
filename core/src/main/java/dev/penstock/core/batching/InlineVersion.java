package dev.penstock.core.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What event loops need to run one tiny model themselves: a runner for each, made off the loop when its first
/// request has come. Until then requests go to the lane. Thread-safe.
final class InlineVersion implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(InlineVersion.class.getName());

    private final LaneMaker maker;
    private final BatchModel model;
    private final Lane lane;
    private final int firstRunner;
    private final int maxRows;
    private final long singleNanos;

    /// By loop.
    private final AtomicReferenceArray<@Nullable InlineBatch> batches;

    /// Which loops' runners were asked for; each entry is its loop's.
    private final boolean[] asked;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private boolean closed;

    /// @param firstRunner index of the first loop's runner
    /// @param loops how many loops there are
    InlineVersion(LaneMaker maker, BatchModel model, Lane lane, BatchPlan plan, int firstRunner, int loops) {
        this.maker = maker;
        this.model = model;
        this.lane = lane;
        this.firstRunner = firstRunner;
        this.maxRows = mostRows(plan, lane);
        this.singleNanos = plan.singleNanos();
        this.batches = new AtomicReferenceArray<>(loops);
        this.asked = new boolean[loops];
    }

    // As many as surely fit into one turn.
    private static int mostRows(BatchPlan plan, Lane lane) {
        int most = 1;
        for (BatchPlan.Bucket bucket : plan.buckets()) {
            if (bucket.serviceNanos() <= InlineLoop.MOST_TURN_NANOS) {
                most = Math.max(most, bucket.rows());
            }
        }
        return Math.min(most, lane.maxRows());
    }

    Lane lane() {
        return lane;
    }

    /// The batch of that loop, on its thread; null until it is made.
    @Nullable
    InlineBatch batch(InlineLoop loop) {
        int index = loop.index();
        InlineBatch batch = batches.get(index);
        if (batch == null && !asked[index]) {
            asked[index] = maker.later(() -> make(loop));
        }
        return batch;
    }

    // Whoever closes waits for this, so that the model's memory is there.
    private void make(InlineLoop loop) {
        lock.lock();
        try {
            if (!closed) {
                int index = firstRunner + loop.index();
                BatchRunner runner = model.batchRunner(index);
                LaneMaker.warm(model, runner);
                batches.set(loop.index(), new InlineBatch(loop, runner, index, model, maxRows, singleNanos, lane));
            }
        } catch (RuntimeException | Error e) {
            // The maker goes on to serve others.
            LOG.log(
                    System.Logger.Level.WARNING,
                    model.key() + ": event loop " + loop.index() + " leaves its requests to the workers",
                    e);
        } finally {
            lock.unlock();
        }
    }

    /// No more is made. Nobody has a lease on the version, so no loop runs it any more.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }
}
