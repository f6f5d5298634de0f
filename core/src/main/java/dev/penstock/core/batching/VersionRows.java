package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// Where any door brings requests with rows of a fixed size for one version: they are run by the event loop that read
/// them if the model is tiny, else by the workers. Leases the version and counts every outcome. Thread-safe, never
/// blocks.
public final class VersionRows {
    private final VersionHandle handle;
    private final Lane lane;
    private final @Nullable InlineVersion inline;
    private final int maxRequestRows;
    private final ServingObserver observer;
    private final NanoClock clock;

    /// @param fixed of the model behind `handle`
    public VersionRows(VersionHandle handle, FixedLane fixed, ServingObserver observer, NanoClock clock) {
        this.handle = handle;
        this.lane = fixed.lane();
        this.inline = fixed.inline();
        this.maxRequestRows = fixed.maxRequestRows();
        this.observer = observer;
        this.clock = clock;
    }

    public ModelKey key() {
        return handle.key();
    }

    /// Takes a request, or says no at once. What is taken gets its one outcome, on a worker or at the end of this turn
    /// of `loop`; or before this returns, where a batch was full.
    ///
    /// @param call its rows are copied before this returns, unless the lane keeps calls ([Lane#copiesOnOffer])
    ///     and it takes this one
    /// @param priority from 1, the most urgent; 0 for the default
    /// @param loop the event loop that this thread is, or null if it is none or runs no models
    /// @return [Offer#TAKEN] if the call gets its outcome. Else it never hears of this again, and nothing was
    ///     counted; [Offer#CLOSED] if the version is being unloaded, so that another may be asked.
    @CheckReturnValue
    public Offer offer(RowsCall call, int priority, @Nullable InlineLoop loop) {
        if (call.rows() > maxRequestRows) {
            lane.stats().turnedAway(Offer.TOO_MANY_ROWS);
            return Offer.TOO_MANY_ROWS;
        }
        InlineVersion own = inline;
        InlineBatch batch = own == null || loop == null ? null : own.batch(loop);
        if (loop == null || batch == null) {
            return offerToLane(call, null, priority, clock.nanoTime());
        }
        long nowNanos = loop.nanoTime();
        Offer answer = batch.offer(call, this, nowNanos);
        return answer == Offer.QUEUE_FULL ? offerToLane(call, null, priority, nowNanos) : answer;
    }

    /// As [#offer], but only workers run it.
    ///
    /// @param rows where its rows lie until this returns, if the call may have them no more
    @SuppressWarnings("MustBeClosedChecker") // The lease goes with the call, which closes it at its outcome.
    @CheckReturnValue
    Offer offerToLane(RowsCall call, ObservedCall.@Nullable RowSource rows, int priority, long nowNanos) {
        VersionHandle.Lease lease = handle.tryLease();
        if (lease == null) {
            return Offer.CLOSED;
        }
        ObservedCall observed = new ObservedCall();
        observed.begin(this, call, lease, nowNanos);
        if (rows != null && lane.copiesOnOffer()) {
            observed.readFrom(rows);
        }
        boolean taken = false;
        try {
            Offer answer = lane.offer(observed, priority, nowNanos);
            taken = answer == Offer.TAKEN;
            return answer;
        } finally {
            if (!taken) {
                lease.close();
            }
        }
    }

    /// @return null if the version is being unloaded
    @SuppressWarnings("MustBeClosedChecker") // The batch closes it.
    VersionHandle.@Nullable Lease tryLease() {
        return handle.tryLease();
    }

    void succeeded(int rows, long arrivedNanos, BatchOutputs outputs) {
        long startedNanos = outputs.startedNanos();
        observer.finished(key(), null, rows, startedNanos - arrivedNanos, outputs.endedNanos() - startedNanos);
    }

    void failed(ErrorCode code, long arrivedNanos) {
        observer.finished(key(), code, 0, clock.nanoTime() - arrivedNanos, 0);
    }
}
