package dev.penstock.core.batching;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One row's place in a ring. What a request is, stands in the slot of its first row.
///
/// Between publication and consumption three parties look at a first slot: the sealing worker, which takes the
/// request into a batch, and the ticker, which answers it when it is late. A stamp that contains the sequence decides
/// between them: whoever changes it from "waiting" has the request.
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

    int rows;
    long arrivedNanos;
    long deadlineNanos;

    @SuppressWarnings("UnusedVariable") // written and read through STAMP
    private long stamp = -1;

    /// Before publication, by the producer.
    void fill(long sequence, RowsCall request, int rowCount, long arrived, long deadline) {
        call = request;
        rows = rowCount;
        arrivedNanos = arrived;
        deadlineNanos = deadline;
        STAMP.setRelease(this, waiting(sequence));
    }

    boolean isWaiting(long sequence) {
        return (long) STAMP.getAcquire(this) == waiting(sequence);
    }

    /// Whether the caller now has the request, and nobody else will.
    boolean tryTake(long sequence) {
        return STAMP.compareAndSet(this, waiting(sequence), waiting(sequence) + TAKEN);
    }

    private static long waiting(long sequence) {
        return (sequence << 1) + WAITING;
    }
}
