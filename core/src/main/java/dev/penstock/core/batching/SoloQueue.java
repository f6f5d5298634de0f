package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Requests of one model that run one by one, callers in turn and each caller's in order of arrival, on whichever
/// worker is free.
///
/// Bounded; a full one refuses at once. Any thread may offer.
final class SoloQueue implements Work {
    private static final System.Logger LOG = System.getLogger(SoloQueue.class.getName());

    private final int threadsPerRun;
    private final Workers workers;
    private final ServingObserver observer;
    private final TurnQueue queue;
    private final LaneStats stats = new LaneStats();
    private final ReadyQueue.Place place = new ReadyQueue.Place(this);

    /// Whether a worker is sent for, or is taking a request out: then nobody else sends one.
    private final AtomicBoolean sent = new AtomicBoolean();

    SoloQueue(int capacity, int threadsPerRun, Workers workers, ServingObserver observer) {
        this.threadsPerRun = threadsPerRun;
        this.workers = workers;
        this.observer = observer;
        this.queue = new TurnQueue(capacity);
    }

    @CheckReturnValue
    Offer offer(Pending pending) {
        if (!queue.offer(pending)) {
            stats.turnedAway(Offer.QUEUE_FULL);
            return Offer.QUEUE_FULL;
        }
        if (sent.compareAndSet(false, true)) {
            workers.enqueue(this);
        } else if (workers.allBusy()) {
            workers.watch();
        }
        return Offer.TAKEN;
    }

    int queued() {
        return queue.size();
    }

    /// What was refused and dropped; runs are counted by who shares these with the model's lanes.
    LaneStats stats() {
        return stats;
    }

    @Override
    public ReadyQueue.Place place() {
        return place;
    }

    @Override
    public int threadsPerRun() {
        return threadsPerRun;
    }

    @Override
    public void work(int worker) {
        Pending pending = queue.poll();
        passOn();
        // The ticker may have taken it out.
        if (pending != null) {
            complete(pending, worker);
        }
    }

    /// Has another worker take the next one while this one runs.
    private void passOn() {
        if (queue.size() > 0) {
            workers.enqueue(this);
            return;
        }
        sent.set(false);
        if (queue.size() > 0 && sent.compareAndSet(false, true)) {
            workers.enqueue(this);
        }
    }

    @Override
    public boolean tick(long nowNanos) {
        if (queue.size() == 0) {
            return false;
        }
        for (Pending pending : queue.remove(pending -> refusal(pending, nowNanos) != null)) {
            // What was late or gone stays so.
            @Nullable ServingException refusal = refusal(pending, nowNanos);
            if (refusal != null) {
                drop(pending, refusal, nowNanos);
            }
        }
        return queue.size() > 0;
    }

    /// Its model is going away, and nobody holds a lease on it: nothing waits.
    void close() {
        workers.forget(this);
    }

    private void complete(Pending pending, int worker) {
        long startNanos = workers.nanoTime();
        @Nullable ServingException refusal = refusal(pending, startNanos);
        if (refusal != null) {
            drop(pending, refusal, startNanos);
            return;
        }
        InferenceReply reply;
        try {
            reply = new InferenceReply(keyOf(pending), run(pending, worker));
        } catch (ServingException e) {
            end(pending, e, startNanos, workers.nanoTime());
            return;
        } catch (RuntimeException | Error e) {
            // A worker must outlive any one request; the caller learns only that it was our fault.
            LOG.log(System.Logger.Level.ERROR, "running " + keyOf(pending) + " failed", e);
            end(pending, internal(keyOf(pending)), startNanos, workers.nanoTime());
            return;
        }
        pending.settle(observer, null, pending.rows(), startNanos, workers.nanoTime());
        pending.sink().reply(reply);
    }

    private static List<Tensor> run(Pending pending, int worker) {
        return pending.lease()
                .model()
                .runner(worker)
                .run(pending.request().inputs(), pending.request().outputs());
    }

    private static ModelKey keyOf(Pending pending) {
        return pending.lease().model().key();
    }

    private static @Nullable ServingException refusal(Pending pending, long nowNanos) {
        if (pending.sink().abandoned()) {
            return new ServingException(ErrorCode.CANCELLED, Outcomes.messageOf(ErrorCode.CANCELLED));
        }
        if (pending.request().expired(nowNanos)) {
            return new ServingException(ErrorCode.DEADLINE_EXCEEDED, Outcomes.messageOf(ErrorCode.DEADLINE_EXCEEDED));
        }
        return null;
    }

    private static ServingException internal(ModelKey key) {
        return new ServingException(ErrorCode.INTERNAL, "running model '" + key.name() + "' failed; see the log");
    }

    private void drop(Pending pending, ServingException why, long nowNanos) {
        stats.dropped(why.code());
        end(pending, why, nowNanos, nowNanos);
    }

    private void end(Pending pending, ServingException failure, long startNanos, long endNanos) {
        int rows = endNanos == startNanos ? 0 : pending.rows();
        pending.settle(observer, failure.code(), rows, startNanos, endNanos);
        pending.sink().fail(failure.code(), failure.reason());
    }
}
