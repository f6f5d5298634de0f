package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A request with more rows than one run may have: cut into pieces that wait like requests of their own, and
/// put together again. One deadline, one outcome; the first failure is the request's.
///
/// Its rows are its door's again with the outcome. A piece may fail while a worker copies the rows of
/// another, so a failure is told when nobody copies any more, and nobody begins to copy after it.
///
/// The memory of its answer is reserved before it waits, and made when the first piece has run: what waits
/// costs nothing that may never be needed.
final class SplitRequest implements BatchOutputs {
    private static final int FAILED = Integer.MIN_VALUE;

    /// Of a clock; as far from its readings as [Lane#NO_DEADLINE].
    private static final long UNKNOWN = Lane.NO_DEADLINE;

    private final RowsCall whole;
    private final int pieceRows;
    private final int pieces;

    /// Once the request has its outcome it may be another's already.
    private final int rows;
    private final AtomicInteger missing;
    private final AtomicBoolean over = new AtomicBoolean();
    private final RowLayout layout;
    private final QueueBytes bytes;
    private final IntFunction<ByteBuffer> memory;

    private final ReentrantLock making = new ReentrantLock();

    @GuardedBy("making")
    private @Nullable OutputRows made;

    /// Who copies rows; [#FAILED] and that number once a piece has failed.
    private final AtomicInteger copying = new AtomicInteger();

    // Written before a failure is noted in `copying`, by the one that made it over.
    private ErrorCode failure = ErrorCode.INTERNAL;
    private String failureMessage = "";

    // The first start and the last end of the pieces' runs, which are told in any order, and since when a
    // thread was
    // there for the first of them.
    private final AtomicLong attendedNanos = new AtomicLong(UNKNOWN);
    private final AtomicLong startedNanos = new AtomicLong(UNKNOWN);
    private final AtomicLong endedNanos = new AtomicLong(UNKNOWN);

    /// Whether it is counted that it was dropped.
    private final AtomicBoolean counted = new AtomicBoolean();

    /// @param bytes where the answer is reserved
    SplitRequest(RowsCall whole, RowLayout layout, int pieceRows, QueueBytes bytes) {
        this(whole, layout, pieceRows, bytes, ByteBuffer::allocateDirect);
    }

    /// @param memory for the answer
    SplitRequest(RowsCall whole, RowLayout layout, int pieceRows, QueueBytes bytes, IntFunction<ByteBuffer> memory) {
        this.whole = whole;
        this.pieceRows = pieceRows;
        this.rows = whole.rows();
        this.pieces = (rows + pieceRows - 1) / pieceRows;
        this.missing = new AtomicInteger(pieces);
        this.layout = layout;
        this.bytes = bytes;
        this.memory = memory;
    }

    /// Before any piece is published. What was reserved is given back with the outcome, or by [#giveUp].
    ///
    /// @return whether there is room for the answer
    @CheckReturnValue
    boolean tryReserve() {
        return bytes.tryTakeAnswer(answerBytes());
    }

    private long answerBytes() {
        return rows * layout.outputBytes();
    }

    int pieces() {
        return pieces;
    }

    RowsCall piece(int index) {
        int firstRow = index * pieceRows;
        return new Piece(firstRow, Math.min(pieceRows, rows - firstRow));
    }

    /// Nothing will come of it, and its caller is told so otherwise. Before any piece is published.
    void giveUp() {
        if (tryEnd()) {
            copying.set(FAILED);
        }
    }

    /// Whether it is the caller who ends it; then the answer is its door's, or nobody's.
    private boolean tryEnd() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        bytes.giveAnswer(answerBytes());
        return true;
    }

    private OutputRows assembled() {
        making.lock();
        try {
            OutputRows known = made;
            if (known == null) {
                known = new OutputRows(layout, rows, memory);
                made = known;
            }
            return known;
        } finally {
            making.unlock();
        }
    }

    private static ServingException notPutTogether(Throwable cause, long answerBytes) {
        if (cause instanceof OutOfMemoryError) {
            return new ServingException(
                    ErrorCode.OVERLOADED,
                    "there is no memory now for the %d bytes of the answer; try again later".formatted(answerBytes));
        }
        return Outcomes.failure("putting an answer together", cause);
    }

    private static long earlier(long one, long other) {
        return one == UNKNOWN || other - one < 0 ? other : one;
    }

    private static long later(long one, long other) {
        return one == UNKNOWN || other - one > 0 ? other : one;
    }

    /// Whether a call that is dropped, and will be told so, counts as a request: of all pieces of one only
    /// the first, and none when it has its outcome.
    static boolean isCounted(RowsCall dropped) {
        return !(dropped instanceof Piece piece) || piece.isFirstDropped();
    }

    private boolean tryBeginCopy() {
        int before = copying.get();
        while (before >= 0) {
            int seen = copying.compareAndExchange(before, before + 1);
            if (seen == before) {
                return true;
            }
            before = seen;
        }
        return false;
    }

    private void endCopy() {
        if (copying.decrementAndGet() == FAILED) {
            whole.failed(failure, failureMessage);
        }
    }

    @Override
    public long address(int output) {
        return assembled().address(output);
    }

    @Override
    public long rowBytes(int output) {
        return layout.outputRowBytes(output);
    }

    @Override
    public long startedNanos() {
        return startedNanos.get();
    }

    @Override
    public long endedNanos() {
        return endedNanos.get();
    }

    @Override
    public long attendedNanos() {
        return attendedNanos.get();
    }

    /// The memory goes with the last reference to it.
    @Override
    public void release() {}

    private final class Piece implements RowsCall {
        private final int firstRow;
        private final int rows;

        Piece(int firstRow, int rows) {
            this.firstRow = firstRow;
            this.rows = rows;
        }

        private boolean isFirstDropped() {
            return !over.get() && counted.compareAndSet(false, true);
        }

        @Override
        public int rows() {
            return rows;
        }

        @Override
        public long deadlineNanos() {
            return whole.deadlineNanos();
        }

        @Override
        public long timeoutNanos() {
            return whole.timeoutNanos();
        }

        @Override
        public int caller() {
            return whole.caller();
        }

        @Override
        public boolean abandoned() {
            return over.get() || whole.abandoned();
        }

        @Override
        public void copyRows(int input, int from, int rowCount, long toAddress) {
            // Else what is there already will run for nobody.
            if (tryBeginCopy()) {
                try {
                    whole.copyRows(input, firstRow + from, rowCount, toAddress);
                } finally {
                    endCopy();
                }
            }
        }

        @Override
        public void completed(BatchOutputs outputs, int outputRow) {
            try {
                // Of what has failed nobody reads any more.
                if (!over.get()) {
                    assembled().copy(outputs, outputRow, firstRow, rows);
                    attendedNanos.accumulateAndGet(outputs.attendedNanos(), SplitRequest::earlier);
                    startedNanos.accumulateAndGet(outputs.startedNanos(), SplitRequest::earlier);
                    endedNanos.accumulateAndGet(outputs.endedNanos(), SplitRequest::later);
                }
            } catch (RuntimeException | Error e) {
                ServingException why = notPutTogether(e, answerBytes());
                failed(why.code(), why.reason());
            } finally {
                outputs.release();
            }
            if (missing.decrementAndGet() == 0 && tryEnd()) {
                whole.completed(SplitRequest.this, 0);
            }
        }

        @Override
        public void failed(ErrorCode code, String message) {
            if (tryEnd()) {
                failure = code;
                failureMessage = message;
                if (copying.getAndAdd(FAILED) == 0) {
                    whole.failed(code, message);
                }
            }
        }
    }
}
