package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.RunObserver;
import dev.penstock.core.ServingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The requests of one run, while it is put together, run and answered. Confined to one worker; reused.
final class Batch {
    private static final System.Logger LOG = System.getLogger(Batch.class.getName());

    private final BatchRunner runner;
    private final RowLayout layout;
    private final LaneStats stats;
    private final RunCounts counts;
    private final @Nullable BatchRows watched;
    private final RowsCall[] calls;
    private final int[] firstRows;
    private final int[] rowCounts;
    private int size;
    private int rows;
    private long sinceNanos;
    private long sealedNanos;

    /// How many of them have their outcome, or are being told.
    private int answered;

    private final RowsCall[] dropped;
    private final ErrorCode[] dropReasons;
    private int drops;

    // Published rows that follow one another and wait to be copied in one go.
    private @Nullable RowSlab runSlab;
    private long runSequence;
    private int runRows;
    private int runToRow;

    /// Whether rows of nobody are among those that run.
    private boolean holes;

    /// Nobody sees its runs.
    Batch(BatchRunner runner, RowLayout layout, LaneStats stats) {
        this(runner, layout, stats, RunObserver.NOBODY, 0);
    }

    /// @param writer the runner's index, as which `runs` and `stats` know this thread
    Batch(BatchRunner runner, RowLayout layout, LaneStats stats, RunObserver runs, int writer) {
        this.runner = runner;
        this.layout = layout;
        this.stats = stats;
        this.counts = stats.of(writer);
        this.watched = BatchRows.of(runs, writer, runner, layout);
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

    /// @param since when a thread was there for the first of its requests
    /// @param nowNanos when it is taken out of the queue
    void sealed(long since, long nowNanos) {
        sinceNanos = since;
        sealedNanos = nowNanos;
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
            try {
                copy(calls[i], rowCounts[i], firstRows[i]);
            } catch (RuntimeException | Error e) {
                ServingException why = Outcomes.failure("copying a request's rows", e);
                Outcomes.fail(calls[i], why.code(), why.reason());
                // The others have their places already: what lies there runs for nobody.
                calls[i] = Nobody.INSTANCE;
                holes = true;
            }
        }
    }

    private void copy(RowsCall call, int rowCount, int toRow) {
        for (int input = 0; input < layout.inputs(); input++) {
            long to = runner.inputAddress(input) + toRow * layout.inputRowBytes(input);
            call.copyRows(input, 0, rowCount, to);
        }
    }

    /// Adds a call and copies its rows.
    void addCopied(RowsCall call, int rowCount) {
        copy(call, rowCount, rows);
        add(call, rowCount, null, 0);
    }

    /// Answers the requests whose caller went away or whose deadline has passed; the rows of the others move
    /// together.
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
        if (Outcomes.abandoned(call)) {
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
        stats.dropped(call, reason);
        dropped[drops] = call;
        dropReasons[drops] = reason;
        drops++;
    }

    void answerDropped() {
        for (int i = 0; i < drops; i++) {
            Outcomes.fail(dropped[i], dropReasons[i]);
        }
        Arrays.fill(dropped, 0, drops, null);
        drops = 0;
    }

    /// Counts it, about to run.
    void closed(CloseReason reason) {
        counts.ran(reason, rows);
    }

    /// Runs the gathered rows and answers their requests. If a joined run fails, each request runs once
    /// alone, so that only the guilty one fails.
    void run(ServiceTime serviceTime) {
        run(serviceTime, Elsewhere.NOWHERE);
    }

    /// The same, but what would run alone may be sent elsewhere.
    void run(ServiceTime serviceTime, Elsewhere elsewhere) {
        BatchOutputs outputs;
        try {
            outputs = runner.run(rows, size + watchers());
        } catch (RuntimeException | Error e) {
            failed(Outcomes.failure("the run", e), elsewhere);
            return;
        }
        outputs.attended(sinceNanos);
        counts.began(size, sinceNanos, sealedNanos, outputs.startedNanos());
        serviceTime.ran(rows, outputs.endedNanos() - outputs.startedNanos());
        while (answered < size) {
            int i = answered++;
            Outcomes.complete(calls[i], outputs, firstRows[i]);
        }
        show(outputs, rows);
    }

    /// How often outputs are released beside the requests'.
    private int watchers() {
        return watched == null ? 0 : 1;
    }

    /// After the requests have their answers: none waits for what is counted of it.
    private void show(BatchOutputs outputs, int rowCount) {
        if (watched != null && holes) {
            outputs.release();
        } else if (watched != null) {
            watched.show(outputs, rowCount);
        }
    }

    private void failed(ServingException cause, Elsewhere elsewhere) {
        if (size == 1) {
            answered = 1;
            Outcomes.fail(calls[0], cause.code(), cause.reason());
            return;
        }
        while (answered < size) {
            int i = answered;
            // Its rows lie where they were: those before it are moved over others that have run.
            if (elsewhere.takes(calls[i], firstRows[i])) {
                answered++;
            } else {
                stats.reran();
                runAlone(answered++);
            }
        }
    }

    private void runAlone(int index) {
        RowsCall call = calls[index];
        // Towards the front, over the rows of requests that have run already.
        moveRows(firstRows[index], 0, rowCounts[index]);
        BatchOutputs outputs;
        try {
            outputs = runner.run(rowCounts[index], 1 + watchers());
        } catch (RuntimeException | Error e) {
            ServingException why = Outcomes.failure("the run", e);
            Outcomes.fail(call, why.code(), why.reason());
            return;
        }
        outputs.attended(sinceNanos);
        Outcomes.complete(call, outputs, 0);
        show(outputs, rowCounts[index]);
    }

    /// Where requests go that this thread should not run alone.
    interface Elsewhere {
        Elsewhere NOWHERE = (call, firstRow) -> false;

        /// @param firstRow where the request's rows lie in the runner's memory, until this returns
        /// @return whether the request gets its outcome from there
        boolean takes(RowsCall call, int firstRow);
    }

    /// Answers whoever has no outcome yet, because the batch could not be put together or run.
    void failRest(Throwable cause) {
        answerDropped();
        if (answered < size) {
            ServingException why = Outcomes.failure("a batch", cause);
            while (answered < size) {
                Outcomes.fail(calls[answered++], why.code(), why.reason());
            }
        } else {
            LOG.log(System.Logger.Level.ERROR, "a batch failed; its requests have their outcomes", cause);
        }
    }

    /// Forgets everything, for the next batch.
    void clear() {
        Arrays.fill(calls, 0, size, null);
        size = 0;
        rows = 0;
        answered = 0;
        runRows = 0;
        holes = false;
    }
}
