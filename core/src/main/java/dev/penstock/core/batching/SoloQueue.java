package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.RunObserver;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Requests of one model that run one by one, the most urgent level first, callers in turn and each caller's
/// in order of arrival, on whichever worker is free.
///
/// Bounded; a full one refuses at once. Any thread may offer.
final class SoloQueue implements Work {
    private static final System.Logger LOG = System.getLogger(SoloQueue.class.getName());

    private final int threadsPerRun;
    private final Workers workers;
    private final ServingObserver observer;
    private final RunObserver runs;
    private final int capacity;
    private final QueueBytes bytes;
    private final QueueLevels levels;
    private final TurnQueue[] queues;
    private final LaneStats stats = new LaneStats();
    private final ReadyQueue.Place place = new ReadyQueue.Place(this);

    /// Whether a worker is sent for, or is taking a request out: then nobody else sends one.
    private final AtomicBoolean sent = new AtomicBoolean();

    /// @param capacity of all levels together
    /// @param bytes what may wait for the model, here and in its lanes
    SoloQueue(
            int capacity,
            QueueBytes bytes,
            QueueLevels levels,
            int threadsPerRun,
            Workers workers,
            ServingObserver observer,
            RunObserver runs) {
        this.capacity = capacity;
        this.bytes = bytes;
        this.levels = levels;
        this.threadsPerRun = threadsPerRun;
        this.workers = workers;
        this.observer = observer;
        this.runs = runs;
        this.queues = new TurnQueue[levels.count()];
        for (int level = 0; level < queues.length; level++) {
            int own = levels.policy(level).maxRows();
            queues[level] = new TurnQueue(own == 0 ? capacity : Math.min(own, capacity));
        }
    }

    /// What may wait for the model, here and in its lanes.
    QueueBytes bytes() {
        return bytes;
    }

    /// Who sees the runs.
    RunObserver runs() {
        return runs;
    }

    @CheckReturnValue
    Offer offer(Pending pending) {
        int level = levels.indexOf(pending.request().priority());
        SoloRequest request = SoloRequest.of(pending, levels.policy(level));
        if (!bytes.admits(request.bytes())) {
            stats.turnedAway(Offer.TOO_MANY_BYTES);
            return Offer.TOO_MANY_BYTES;
        }
        if (queued() >= capacity || !queues[level].offer(request)) {
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
        int size = 0;
        for (TurnQueue queue : queues) {
            size += queue.size();
        }
        return size;
    }

    @Override
    public long waitingBytes() {
        long waiting = 0;
        for (TurnQueue queue : queues) {
            waiting += queue.bytes();
        }
        return waiting;
    }

    @Override
    public long oldestArrivedNanos(long otherwise) {
        long oldest = otherwise;
        for (TurnQueue queue : queues) {
            oldest = queue.oldestArrivedNanos(oldest);
        }
        return oldest;
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
        SoloRequest request = poll(workers.nanoTime());
        passOn();
        // The ticker may have taken it out.
        if (request != null) {
            complete(request, worker);
        }
    }

    private @Nullable SoloRequest poll(long nowNanos) {
        for (TurnQueue queue : queues) {
            SoloRequest next = queue.poll(nowNanos);
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    /// Has another worker take the next one while this one runs.
    private void passOn() {
        if (queued() > 0) {
            workers.enqueue(this);
            return;
        }
        sent.set(false);
        if (queued() > 0 && sent.compareAndSet(false, true)) {
            workers.enqueue(this);
        }
    }

    @Override
    public boolean tick(long nowNanos) {
        if (queued() == 0) {
            return false;
        }
        for (TurnQueue queue : queues) {
            for (SoloRequest request : queue.remove(waiting -> waiting.refusal(nowNanos) != null)) {
                // What was late or gone stays so.
                @Nullable ErrorCode why = request.refusal(nowNanos);
                if (why != null) {
                    refuse(request.pending(), why, nowNanos);
                }
            }
        }
        return queued() > 0;
    }

    /// Its model is going away, and nobody holds a lease on it: nothing waits.
    void close() {
        workers.forget(this);
    }

    private void refuse(Pending pending, ErrorCode why, long nowNanos) {
        stats.dropped(why);
        end(pending, new ServingException(why, Outcomes.messageOf(why)), nowNanos, nowNanos);
    }

    private void complete(SoloRequest request, int worker) {
        Pending pending = request.pending();
        long startNanos = workers.nanoTime();
        @Nullable ErrorCode refusal = request.refusal(startNanos);
        if (refusal != null) {
            refuse(pending, refusal, startNanos);
            return;
        }
        InferenceReply reply;
        long endNanos;
        stats.ranAlone();
        try {
            reply = new InferenceReply(keyOf(pending), run(pending, worker));
            endNanos = workers.nanoTime();
            // The door may do with the reply what it likes.
            show(pending, reply, worker);
        } catch (ServingException e) {
            end(pending, e, startNanos, workers.nanoTime());
            return;
        } catch (RuntimeException | Error e) {
            // A worker must outlive any one request; the caller learns only that it was our fault.
            LOG.log(System.Logger.Level.ERROR, "running " + keyOf(pending) + " failed", e);
            end(pending, internal(keyOf(pending)), startNanos, workers.nanoTime());
            return;
        }
        pending.settle(observer, null, pending.rows(), pending.rows(), startNanos, endNanos);
        pending.sink().reply(reply);
    }

    private static List<Tensor> run(Pending pending, int worker) {
        return pending.lease()
                .model()
                .runner(worker)
                .run(pending.request().inputs(), pending.request().outputs());
    }

    private void show(Pending pending, InferenceReply reply, int worker) {
        if (!runs.equals(RunObserver.NOBODY)) {
            LoadedModel model = pending.lease().model();
            runs.ran(
                    worker,
                    new SoloRows(model.signature(), pending.request().inputs(), reply.outputs(), pending.rows()));
        }
    }

    private static ModelKey keyOf(Pending pending) {
        return pending.lease().model().key();
    }

    private static ServingException internal(ModelKey key) {
        return new ServingException(ErrorCode.INTERNAL, "running model '" + key.name() + "' failed; see the log");
    }

    private void end(Pending pending, ServingException failure, long startNanos, long endNanos) {
        int rows = endNanos == startNanos ? 0 : pending.rows();
        pending.settle(observer, failure.code(), rows, rows, startNanos, endNanos);
        pending.sink().fail(failure.code(), failure.reason());
    }
}
