package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A request with more rows than one run may have: cut into pieces that wait like requests of their own, and put
/// together again. One deadline, one outcome; the first failure is the request's.
///
/// Its rows are its door's again with the outcome. A piece may fail while a worker copies the rows of another, so a
/// failure is told when nobody copies any more, and nobody begins to copy after it.
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
    private final OutputRows assembled;

    /// Who copies rows; [#FAILED] and that number once a piece has failed.
    private final AtomicInteger copying = new AtomicInteger();

    // Written before a failure is noted in `copying`, by the one that made it over.
    private ErrorCode failure = ErrorCode.INTERNAL;
    private String failureMessage = "";

    // The first start and the last end of the pieces' runs, which are told in any order.
    private final AtomicLong startedNanos = new AtomicLong(UNKNOWN);
    private final AtomicLong endedNanos = new AtomicLong(UNKNOWN);

    /// Whether it is counted that it was dropped.
    private final AtomicBoolean counted = new AtomicBoolean();

    SplitRequest(RowsCall whole, RowLayout layout, int pieceRows) {
        this.whole = whole;
        this.pieceRows = pieceRows;
        this.rows = whole.rows();
        this.pieces = (rows + pieceRows - 1) / pieceRows;
        this.missing = new AtomicInteger(pieces);
        this.assembled = new OutputRows(layout, rows);
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
        over.set(true);
        copying.set(FAILED);
    }

    private static long earlier(long one, long other) {
        return one == UNKNOWN || other - one < 0 ? other : one;
    }

    private static long later(long one, long other) {
        return one == UNKNOWN || other - one > 0 ? other : one;
    }

    /// Whether a call that is dropped, and will be told so, counts as a request: of all pieces of one only the first,
    /// and none when it has its outcome.
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
        return assembled.address(output);
    }

    @Override
    public long rowBytes(int output) {
        return assembled.rowBytes(output);
    }

    @Override
    public long startedNanos() {
        return startedNanos.get();
    }

    @Override
    public long endedNanos() {
        return endedNanos.get();
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
                assembled.copy(outputs, outputRow, firstRow, rows);
                startedNanos.accumulateAndGet(outputs.startedNanos(), SplitRequest::earlier);
                endedNanos.accumulateAndGet(outputs.endedNanos(), SplitRequest::later);
            } finally {
                outputs.release();
            }
            if (missing.decrementAndGet() == 0 && over.compareAndSet(false, true)) {
                whole.completed(SplitRequest.this, 0);
            }
        }

        @Override
        public void failed(ErrorCode code, String message) {
            if (over.compareAndSet(false, true)) {
                failure = code;
                failureMessage = message;
                if (copying.getAndAdd(FAILED) == 0) {
                    whole.failed(code, message);
                }
            }
        }
    }
}
