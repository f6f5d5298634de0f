package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.RunObserver;
import dev.penstock.core.ServingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The requests of one model version and one row layout, from the offer to the run.
///
/// Any thread offers. At most one worker at a time takes waiting rows out (it holds the latch); when it has
/// what it wants it passes the latch on, so that another worker may take the next rows while it runs its own.
/// Without a request a lane costs neither a thread nor a wake-up.
public final class Lane implements Work {
    static final long NO_DEADLINE = InferenceRequest.NO_DEADLINE;

    /// What is late is answered within 5 ms; to look at thousands that wait costs a tenth of a millisecond.
    private static final long SWEEP_NANOS = 2_500_000;

    private final BatchModel model;
    private final LaneSettings settings;
    private final boolean copiesOnOffer;
    private final QueueBytes bytes;
    private final RunObserver runs;
    private final Workers workers;
    private final PriorityRings rings;
    private final Batch[] batches;
    private final LaneStats stats;
    private final ServiceTime serviceTime = new ServiceTime();
    private final Pace pace = new Pace();
    private final LaneLatch latch;
    private final LaneIntake intake;
    private final ReadyQueue.Place place = new ReadyQueue.Place(this);

    private final AtomicInteger running = new AtomicInteger();

    // An offer enters before it looks at `closed`: when closed and as many left as entered, nobody is inside.
    private final LongAdder entered = new LongAdder();
    private final LongAdder left = new LongAdder();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean closed;

    /// The ticker's.
    private long sweptNanos;

    /// @param shared with the other lanes of the model
    Lane(BatchModel model, LaneSettings settings, boolean copiesOnOffer, Workers workers, LaneShared shared) {
        this.model = model;
        this.settings = settings;
        this.copiesOnOffer = copiesOnOffer;
        this.bytes = shared.waiting();
        this.runs = shared.runs();
        this.workers = workers;
        this.stats = shared.stats();
        this.rings = new PriorityRings(model.layout(), settings, copiesOnOffer);
        this.latch = new LaneLatch(this, settings, rings, workers);
        this.intake = new LaneIntake(
                model.layout(),
                settings,
                shared,
                rings,
                latch,
                new WaitEstimate(settings, workers.size(), pace, serviceTime));
        this.batches = new Batch[workers.size()];
        this.sweptNanos = workers.nanoTime() - SWEEP_NANOS;
    }

    /// Whether a call's rows are copied before [#offer] returns; else the call keeps them until its outcome.
    public boolean copiesOnOffer() {
        return copiesOnOffer;
    }

    /// The most rows of one request.
    public int maxRequestRows() {
        return intake.maxRequestRows();
    }

    public LaneStats stats() {
        return stats;
    }

    int maxRows() {
        return settings.maxRows();
    }

    /// Who sees the runs of its rows.
    RunObserver runs() {
        return runs;
    }

    ServiceTime serviceTime() {
        return serviceTime;
    }

    /// Rows that wait, or are about to. A moment's view.
    public int queuedRows() {
        return rings.queuedRows();
    }

    /// Takes a request, or says no at once.
    ///
    /// @param priority from 1, the most urgent; 0 for the default
    /// @return [Offer#TAKEN] if the call will get its one outcome; else it never hears of this lane again
    @CheckReturnValue
    public Offer offer(RowsCall call, int priority, long nowNanos) {
        entered.increment();
        try {
            return closed ? Offer.CLOSED : intake.offer(call, priority, nowNanos);
        } finally {
            left.increment();
        }
    }

    @Override
    public long waitingBytes() {
        return queuedRows() * model.layout().inputBytes();
    }

    @Override
    public long oldestArrivedNanos(long otherwise) {
        return rings.oldestWaiting(otherwise);
    }

    @Override
    public ReadyQueue.Place place() {
        return place;
    }

    @Override
    public int threadsPerRun() {
        return model.threadsPerRun();
    }

    /// Takes rows out and runs them. Called by the worker that took this lane from the queue, which holds the
    /// latch.
    ///
    /// Whatever is thrown on the way, the latch is passed on and what was taken out has its outcomes.
    @Override
    public void work(int worker) {
        // Counted before the latch is let go, so that "nothing waits and nothing runs" is never seen in
        // between.
        running.incrementAndGet();
        try {
            Batch batch = batchOf(worker);
            if (batch != null) {
                long nowNanos = workers.nanoTime();
                if (closed || !latch.hold(nowNanos)) {
                    takeAndRun(batch, nowNanos);
                }
            }
        } finally {
            running.decrementAndGet();
        }
    }

    private void takeAndRun(Batch batch, long nowNanos) {
        try {
            CloseReason reason = take(batch, nowNanos);
            batch.answerDropped();
            if (batch.size() > 0) {
                batch.closed(reason);
                run(batch);
            }
        } catch (RuntimeException | Error e) {
            batch.failRest(e);
        } finally {
            batch.clear();
        }
    }

    private CloseReason take(Batch batch, long nowNanos) {
        try {
            return seal(batch, nowNanos);
        } catch (RuntimeException | Error e) {
            // What cannot be put together must not be tried for ever.
            refuse(Outcomes.failure("a batch", e));
            throw e;
        } finally {
            latch.passOn();
        }
    }

    /// The worker's batch; null if it cannot be made. Then as many requests as one batch takes were answered
    /// so, rather than that they wait for a worker who can, whom the next ones may find.
    private @Nullable Batch batchOf(int worker) {
        Batch batch = batches[worker];
        if (batch != null) {
            return batch;
        }
        try {
            Batch made = new Batch(model.batchRunner(worker), model.layout(), stats, runs, worker);
            batches[worker] = made;
            return made;
        } catch (RuntimeException | Error e) {
            try {
                refuse(Outcomes.failure("making a runner of the model", e));
            } finally {
                latch.passOn();
            }
            return null;
        }
    }

    private void refuse(ServingException why) {
        rings.discard(settings.maxRows(), call -> Outcomes.fail(call, why.code(), why.reason()));
    }

    private CloseReason seal(Batch batch, long nowNanos) {
        batch.sealed(latch.attendedSince(nowNanos), nowNanos);
        int queued = queuedRows();
        int sharers = workers.idleFor(this) + 1;
        int share = Math.max(1, (queued + sharers - 1) / sharers);
        // Whoever comes while one caller has the queue waits for a run of that one's: it had better be short.
        int most = rings.isCrowded(nowNanos) ? settings.crowdedRows() : settings.maxRows();
        int limit = Math.min(most, share);
        boolean full = rings.seal(batch, limit, nowNanos);
        pace.sealed(batch.rows(), rings.hasWaiting(), nowNanos);
        if (limit < Math.min(queued, most)) {
            return CloseReason.SHARED;
        }
        if (full || batch.rows() >= most) {
            return CloseReason.FULL;
        }
        return settings.maxDelayNanos() > 0 ? CloseReason.DELAY : CloseReason.IDLE;
    }

    private void run(Batch batch) {
        if (!copiesOnOffer) {
            batch.gatherFromCalls();
        }
        batch.run(serviceTime);
    }

    /// Answers what is late, and wakes a held lane whose time has come. Ticker only.
    ///
    /// @return whether it must be looked at again soon
    @Override
    public boolean tick(long nowNanos) {
        if (nowNanos - sweptNanos >= SWEEP_NANOS) {
            sweptNanos = nowNanos;
            rings.sweep(nowNanos, this::answerLate);
        }
        latch.tick(closed, nowNanos);
        boolean quiet = queuedRows() == 0;
        if (closed && quiet && isDrained()) {
            finishClosing();
            return false;
        }
        return closed || !quiet;
    }

    private void answerLate(RowsCall call, ErrorCode why) {
        stats.dropped(call, why);
        Outcomes.fail(call, why);
    }

    private boolean isDrained() {
        long gone = left.sum();
        // The latch first: who holds it counts as running from before it was let go.
        return entered.sum() == gone && queuedRows() == 0 && latch.isIdle() && running.get() == 0;
    }

    private void finishClosing() {
        workers.forget(this);
        bytes.remove(this);
        rings.close();
        drained.complete(null);
    }

    /// Takes no more requests; what waits is still run.
    ///
    /// @return done when nothing of this lane waits or runs any more and its memory is free, on the ticker's
    ///     thread
    public CompletableFuture<Void> close() {
        closed = true;
        workers.watch();
        return drained;
    }
}
