package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The requests of one run, while it is put together, run and answered. Confined to one worker; reused.
final class Batch {
    private static final System.Logger LOG = System.getLogger(Batch.class.getName());

    private final BatchRunner runner;
    private final RowLayout layout;
    private final LaneStats stats;
    private final RowsCall[] calls;
    private final int[] firstRows;
    private final int[] rowCounts;
    private int size;
    private int rows;

    private final RowsCall[] dropped;
    private final ErrorCode[] dropReasons;
    private int drops;

    // Published rows that follow one another and wait to be copied in one go.
    private @Nullable RowSlab runSlab;
    private long runSequence;
    private int runRows;
    private int runToRow;

    Batch(BatchRunner runner, RowLayout layout, LaneStats stats) {
        this.runner = runner;
        this.layout = layout;
        this.stats = stats;
        int most = runner.maxRows();
        calls = new RowsCall[most];
        firstRows = new int[most];
        rowCounts = new int[most];
        dropped = new RowsCall[most];
        dropReasons = new ErrorCode[most];
    }

    /// Rows of the requests that will run.
    int rows() {
        return rows;
    }

    /// Requests that will run.
    int size() {
        return size;
    }

    /// @param slab where the rows wait, or null if the call still has them
    void add(RowsCall call, int rowCount, @Nullable RowSlab slab, long sequence) {
        calls[size] = call;
        firstRows[size] = rows;
        rowCounts[size] = rowCount;
        size++;
        if (slab != null) {
            extendRun(slab, sequence, rowCount);
        }
        rows += rowCount;
    }

    private void extendRun(RowSlab slab, long sequence, int rowCount) {
        if (runRows == 0 || runSlab != slab || sequence != runSequence + runRows) {
            gathered();
            runSlab = slab;
            runSequence = sequence;
            runToRow = rows;
        }
        runRows += rowCount;
    }

    /// Copies what was added from slabs, so that its sequences may be used again.
    void gathered() {
        RowSlab slab = runSlab;
        if (runRows > 0 && slab != null) {
            slab.gather(runSequence, runRows, runner, runToRow);
        }
        runRows = 0;
    }

    /// Copies one row from a slab, when nothing waits to be [#gathered].
    void gatherRow(RowSlab slab, int row, int toRow) {
        slab.gather(row, 1, runner, toRow);
    }

    /// Copies the rows of calls that kept them.
    void gatherFromCalls() {
        for (int i = 0; i < size; i++) {
            for (int input = 0; input < layout.inputs(); input++) {
                long to = runner.inputAddress(input) + firstRows[i] * layout.inputRowBytes(input);
                calls[i].copyRows(input, 0, rowCounts[i], to);
            }
        }
    }

    /// Adds a call and copies its rows.
    void addCopied(RowsCall call, int rowCount) {
        for (int input = 0; input < layout.inputs(); input++) {
            long to = runner.inputAddress(input) + rows * layout.inputRowBytes(input);
            call.copyRows(input, 0, rowCount, to);
        }
        add(call, rowCount, null, 0);
    }

    /// Answers the requests whose caller went away or whose deadline has passed; the rows of the others move together.
    void dropLate(long nowNanos) {
        int kept = 0;
        int keptRows = 0;
        for (int i = 0; i < size; i++) {
            RowsCall call = calls[i];
            ErrorCode reason = lateness(call, nowNanos);
            if (reason != null) {
                drop(call, reason);
                continue;
            }
            if (kept < i) {
                calls[kept] = call;
                moveRows(firstRows[i], keptRows, rowCounts[i]);
                firstRows[kept] = keptRows;
                rowCounts[kept] = rowCounts[i];
            }
            keptRows += rowCounts[kept];
            kept++;
        }
        if (kept < size) {
            Arrays.fill(calls, kept, size, null);
            size = kept;
            rows = keptRows;
            answerDropped();
        }
    }

    private static @Nullable ErrorCode lateness(RowsCall call, long nowNanos) {
        if (call.abandoned()) {
            return ErrorCode.CANCELLED;
        }
        long deadlineNanos = call.deadlineNanos();
        boolean late = deadlineNanos != Lane.NO_DEADLINE && deadlineNanos - nowNanos <= 0;
        return late ? ErrorCode.DEADLINE_EXCEEDED : null;
    }

    private void moveRows(int from, int to, int rowCount) {
        for (int input = 0; input < layout.inputs(); input++) {
            long rowBytes = layout.inputRowBytes(input);
            long base = runner.inputAddress(input);
            Native.copy(base + from * rowBytes, base + to * rowBytes, rowCount * rowBytes);
        }
    }

    /// Notes a request that will not run; it is answered when the ring is free again.
    void drop(RowsCall call, ErrorCode reason) {
        if (drops == dropped.length) {
            answerDropped();
        }
        if (reason == ErrorCode.CANCELLED) {
            stats.abandoned();
        } else {
            stats.expired();
        }
        dropped[drops] = call;
        dropReasons[drops] = reason;
        drops++;
    }

    void answerDropped() {
        for (int i = 0; i < drops; i++) {
            RowsCall call = dropped[i];
            call.failed(dropReasons[i], Lane.messageOf(dropReasons[i]));
        }
        Arrays.fill(dropped, 0, drops, null);
        drops = 0;
    }

    /// Runs the gathered rows and answers their requests. If a joined run fails, each request runs once alone, so
    /// that only the guilty one fails.
    void run(ServiceTime serviceTime) {
        BatchOutputs outputs;
        try {
            outputs = runner.run(rows, size);
        } catch (RuntimeException | OutOfMemoryError e) {
            failed(failure(e));
            return;
        }
        serviceTime.ran(rows, outputs.endedNanos() - outputs.startedNanos());
        for (int i = 0; i < size; i++) {
            calls[i].completed(outputs, firstRows[i]);
        }
    }

    private static ServingException failure(Throwable cause) {
        if (cause instanceof ServingException known) {
            return known;
        }
        LOG.log(System.Logger.Level.ERROR, "a run failed", cause);
        return new ServingException(ErrorCode.INTERNAL, "the run failed; see the log");
    }

    private void failed(ServingException cause) {
        if (size == 1) {
            calls[0].failed(cause.code(), cause.reason());
            return;
        }
        for (int i = 0; i < size; i++) {
            stats.reran();
            runAlone(i);
        }
    }

    private void runAlone(int index) {
        RowsCall call = calls[index];
        // Towards the front, over the rows of requests that have run already.
        moveRows(firstRows[index], 0, rowCounts[index]);
        BatchOutputs outputs;
        try {
            outputs = runner.run(rowCounts[index], 1);
        } catch (RuntimeException | OutOfMemoryError e) {
            ServingException why = failure(e);
            call.failed(why.code(), why.reason());
            return;
        }
        call.completed(outputs, 0);
    }

    /// Forgets everything, for the next batch.
    void clear() {
        Arrays.fill(calls, 0, size, null);
        size = 0;
        rows = 0;
    }
}
