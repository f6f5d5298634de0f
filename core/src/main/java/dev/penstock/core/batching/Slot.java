package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One row's place in a ring. What a request is, stands in the slot of its first row.
///
/// Between publication and consumption three parties look at a first slot: the sealing worker, which takes
/// the request into a batch, and the ticker, which answers it when it is late. A stamp that contains the
/// sequence decides between them: whoever changes it from "waiting" has the request.
final class Slot {
    private static final int WAITING = 0;
    private static final int TAKEN = 1;
    private static final VarHandle STAMP;

    static {
        try {
            STAMP = MethodHandles.lookup().findVarHandle(Slot.class, "stamp", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Nullable
    RowsCall call;

    int caller;
    int rows;
    long arrivedNanos;
    long deadlineNanos;

    /// From when on it stands back for what is on time; [Lane#NO_DEADLINE] for never.
    long lateNanos;

    @SuppressWarnings("UnusedVariable") // written and read through STAMP
    private long stamp = -1;

    /// Before publication, by the producer.
    void fill(long sequence, RowsCall request, int asker, int rowCount, long arrived, long deadline, long late) {
        call = request;
        caller = asker;
        rows = rowCount;
        arrivedNanos = arrived;
        deadlineNanos = deadline;
        lateNanos = late;
        STAMP.setRelease(this, waiting(sequence));
    }

    boolean isWaiting(long sequence) {
        return (long) STAMP.getAcquire(this) == waiting(sequence);
    }

    /// When the request came that waits here, or `otherwise` if none does or that is earlier. Any thread.
    long waitingSince(long otherwise) {
        long seen = (long) STAMP.getAcquire(this);
        long arrived = arrivedNanos;
        // Not before what was just read.
        VarHandle.loadLoadFence();
        boolean valid = seen >= 0 && (seen & TAKEN) == WAITING && (long) STAMP.getAcquire(this) == seen;
        return valid && arrived - otherwise < 0 ? arrived : otherwise;
    }

    /// For who alone fills it.
    boolean isWaiting() {
        return ((long) STAMP.getAcquire(this) & TAKEN) == WAITING;
    }

    /// Whether the caller now has the request, and nobody else will.
    boolean tryTake(long sequence) {
        return tryChange(waiting(sequence));
    }

    /// The same, for who alone fills it.
    boolean tryTake() {
        return isWaiting() && tryChange((long) STAMP.getAcquire(this));
    }

    private boolean tryChange(long seen) {
        return (seen & TAKEN) == WAITING && STAMP.compareAndSet(this, seen, seen + TAKEN);
    }

    /// Takes the request of that sequence out if it is late or abandoned, and gives it to `late`. By the
    /// ticker.
    void sweep(long sequence, long nowNanos, RowRing.LateRequests late) {
        sweepSeen(waiting(sequence), nowNanos, late);
    }

    /// The same, of whatever sequence, where it is published by being filled in.
    void sweep(long nowNanos, RowRing.LateRequests late) {
        sweepSeen((long) STAMP.getAcquire(this), nowNanos, late);
    }

    // One look at the stamp decides: a second one might find the next lap's request, which is not yet
    // published.
    private void sweepSeen(long seen, long nowNanos, RowRing.LateRequests late) {
        if ((seen & TAKEN) == WAITING && (long) STAMP.getAcquire(this) == seen) {
            // Read before the take: while the stamp says "waiting", nobody overwrites the slot.
            RowsCall request = call;
            ErrorCode why = request == null ? null : refusal(request, nowNanos);
            if (request != null && why != null && tryChange(seen)) {
                late.accept(request, why);
            }
        }
    }

    /// Why the request need not run any more, or null if it must.
    @Nullable
    ErrorCode refusal(RowsCall request, long nowNanos) {
        if (Outcomes.abandoned(request)) {
            return ErrorCode.CANCELLED;
        }
        return deadlineNanos != Lane.NO_DEADLINE && deadlineNanos - nowNanos <= 0 ? ErrorCode.DEADLINE_EXCEEDED : null;
    }

    /// Whether it stands back. For who knows that it waits.
    boolean standsBack(long nowNanos) {
        return lateNanos != Lane.NO_DEADLINE && lateNanos - nowNanos <= 0;
    }

    private static long waiting(long sequence) {
        return (sequence << 1) + WAITING;
    }
}
