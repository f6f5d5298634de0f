package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Tensor;
import java.util.List;
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
    private final ReadyQueue.Place place = new ReadyQueue.Place(this);

    SoloQueue(int capacity, int threadsPerRun, Workers workers, ServingObserver observer) {
        this.threadsPerRun = threadsPerRun;
        this.workers = workers;
        this.observer = observer;
        this.queue = new TurnQueue(capacity);
    }

    @CheckReturnValue
    Offer offer(Pending pending) {
        if (!queue.offer(pending)) {
            return Offer.QUEUE_FULL;
        }
        workers.enqueue(this);
        return Offer.TAKEN;
    }

    int queued() {
        return queue.size();
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
        // The ticker may have taken it out.
        if (pending != null) {
            complete(pending, worker);
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
                end(pending, refusal, nowNanos, nowNanos);
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
            end(pending, refusal, startNanos, startNanos);
            return;
        }
        try {
            List<Tensor> outputs = pending.lease()
                    .model()
                    .runner(worker)
                    .run(pending.request().inputs(), pending.request().outputs());
            succeed(pending, outputs, startNanos, workers.nanoTime());
        } catch (ServingException e) {
            end(pending, e, startNanos, workers.nanoTime());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // A worker must outlive any one request; the caller learns only that it was our fault.
            LOG.log(System.Logger.Level.ERROR, "running " + keyOf(pending) + " failed", e);
            end(pending, internal(keyOf(pending)), startNanos, workers.nanoTime());
        }
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

    private void succeed(Pending pending, List<Tensor> outputs, long startNanos, long endNanos) {
        InferenceReply reply = new InferenceReply(keyOf(pending), outputs);
        pending.settle(observer, null, pending.rows(), startNanos, endNanos);
        pending.sink().reply(reply);
    }

    private void end(Pending pending, ServingException failure, long startNanos, long endNanos) {
        int rows = endNanos == startNanos ? 0 : pending.rows();
        pending.settle(observer, failure.code(), rows, startNanos, endNanos);
        pending.sink().fail(failure.code(), failure.reason());
    }
}
