package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.Native;
import dev.penstock.router.shadow.AnswerComparer;
import dev.penstock.router.shadow.Compared;
import dev.penstock.router.shadow.RowComparer;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.shadow.ShadowTally;
import dev.penstock.server.fast.CopiedRows;
import dev.penstock.server.fast.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Asks shadows for the rows of several copies at once, where the shadow takes the same rows as who answered
/// the
/// callers, and runs them in batches. Confined to one thread, which has a runner of its own: no copy shares a
/// batch
/// with a request.
final class BatchRuns {
    private static final System.Logger LOG = System.getLogger(BatchRuns.class.getName());

    /// One run of so many is timed, with as many rows as the primary's had: batches of other sizes tell
    /// nothing of
    /// each other.
    private static final int TIMED = 16;

    private final RowRunners runners;
    private final Pressure pressure;
    private final NanoClock busy;
    private final Comparers comparers;
    private final LoneRuns alone;
    private final Function<ShadowKey, ShadowTally> tallies;

    /// Of the batch that is being made.
    private final List<RowCopy> gathered = new ArrayList<>();

    private int runs;

    /// @param busy tells for how long this thread had a processor
    BatchRuns(
            RowRunners runners,
            Pressure pressure,
            NanoClock busy,
            Comparers comparers,
            LoneRuns alone,
            Function<ShadowKey, ShadowTally> tallies) {
        this.runners = runners;
        this.pressure = pressure;
        this.busy = busy;
        this.comparers = comparers;
        this.alone = alone;
        this.tallies = tallies;
    }

    /// Who is asked, while it is loaded.
    ///
    /// @param rowComparer null if it takes no batches of such rows
    /// @param rows the same
    private record Asked(
            ShadowTarget target,
            VersionHandle version,
            VersionHandle.Lease lease,
            ShadowTally tally,
            AnswerComparer comparer,
            @Nullable RowComparer rowComparer,
            @Nullable BatchRunner rows,
            int maxRows) {}

    /// Blocks for as long as the runs take.
    ///
    /// @param layout of all copies
    void run(ShadowTarget target, Layout layout, List<RowCopy> copies, ShadowRunner.Pause pause) {
        int next = 0;
        while (next < copies.size() && pause.rest()) {
            next = runSome(target, layout, copies, next);
        }
    }

    /// A lease for each run: who rests between two holds nothing that somebody waits for.
    ///
    /// @return the first of those that are left
    private int runSome(ShadowTarget target, Layout layout, List<RowCopy> copies, int first) {
        ShadowTally tally = tallies.apply(target.key());
        VersionHandle version = target.version();
        try (VersionHandle.Lease lease = version == null ? null : version.tryLease()) {
            if (version != null && lease != null) {
                return runSome(asked(target, layout, version, lease, tally), copies, first);
            }
            copies.subList(first, copies.size()).forEach(_ -> tally.dropped(ShadowDrop.NOT_READY));
            return copies.size();
        }
    }

    private Asked asked(
            ShadowTarget target,
            Layout layout,
            VersionHandle version,
            VersionHandle.Lease lease,
            ShadowTally tally) {
        Comparers.Both both = comparers.of(
                layout.model.key(),
                layout.model::signature,
                version.key(),
                version.signature(),
                target.spec().tolerance());
        RowRunners.RowRunner rows = runners.of(lease.model(), version.signature());
        if (rows == null || !isAlike(layout.model.signature(), rows.signature())) {
            return new Asked(target, version, lease, tally, both.answers(), null, null, 0);
        }
        BatchRunner runner = rows.runner();
        int maxRows = Math.min(runner.maxRows(), rows.signature().maxBatchSize());
        return new Asked(
                target, version, lease, tally, both.answers(), both.rows(rows.signature()), runner, maxRows);
    }

    /// Whether rows of one are rows of the other.
    private static boolean isAlike(Signature primary, Signature shadow) {
        return primary.inputs().equals(shadow.inputs()) && primary.outputs().equals(shadow.outputs());
    }

    /// @return the first of those that are left
    private int runSome(Asked asked, List<RowCopy> copies, int first) {
        RowCopy head = copies.get(first);
        BatchRunner rows = asked.rows();
        if (rows == null || head.rows() > asked.maxRows()) {
            runAlone(asked, head, pressure.of(head));
            return first + 1;
        }
        boolean timed = ++runs % TIMED == 0 && head.primaryRows() >= head.rows();
        int most = timed ? Math.min(asked.maxRows(), head.primaryRows()) : asked.maxRows();
        int next = gather(asked, copies, first, most);
        if (!gathered.isEmpty() && pressure.isOn(head.primary())) {
            gathered.forEach(_ -> asked.tally().dropped(ShadowDrop.BUSY));
        } else if (!gathered.isEmpty()) {
            run(asked, rows, timed ? head : null);
        }
        return next;
    }

    private void runAlone(Asked asked, RowCopy copy, @Nullable ShadowDrop drop) {
        if (drop != null) {
            asked.tally().dropped(drop);
        } else {
            alone.run(copy.tensors(), asked.target(), asked.version(), asked.lease(), asked.tally());
        }
    }

    /// Takes as many as fit, and drops those that are too late.
    private int gather(Asked asked, List<RowCopy> copies, int first, int most) {
        gathered.clear();
        long nowNanos = pressure.nanoTime();
        int rows = 0;
        int next = first;
        while (next < copies.size() && rows + copies.get(next).rows() <= most) {
            RowCopy copy = copies.get(next++);
            if (pressure.isLate(copy, nowNanos)) {
                asked.tally().dropped(ShadowDrop.EXPIRED);
            } else {
                gathered.add(copy);
                rows += copy.rows();
            }
        }
        return next;
    }

    /// @param timed whose run at the primary it is held against, if it has as many rows; null for none
    private void run(Asked asked, BatchRunner runner, @Nullable RowCopy timed) {
        int rows = fill(runner);
        long startedNanos = timed == null ? 0 : busy.nanoTime();
        BatchOutputs outputs;
        try {
            outputs = runner.run(rows, 1);
        } catch (RuntimeException e) {
            // One of them may be why; each for itself tells which.
            LOG.log(System.Logger.Level.DEBUG, asked.version().key() + " could not answer copies together", e);
            gathered.forEach(copy -> runAlone(asked, copy, null));
            return;
        }
        try {
            if (timed != null && timed.primaryRows() == rows) {
                asked.tally().ran(timed.primaryNanos(), busy.nanoTime() - startedNanos);
            }
            compare(asked, outputs);
        } finally {
            outputs.release();
        }
    }

    private int fill(BatchRunner runner) {
        int rows = 0;
        for (RowCopy copy : gathered) {
            Layout layout = copy.layout();
            for (int i = 0; i < layout.inputs.size(); i++) {
                copy.copyInput(i, runner.inputAddress(i) + rows * layout.inputs.get(i).rowBytes);
            }
            rows += copy.rows();
        }
        return rows;
    }

    private void compare(Asked asked, BatchOutputs outputs) {
        int firstRow = 0;
        for (RowCopy copy : gathered) {
            try {
                asked.tally().compared(compared(asked, copy, outputs, firstRow), copy.group());
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, asked.version().key() + " gave an answer that cannot be read", e);
                asked.tally().failed(ErrorCode.INTERNAL);
            }
            firstRow += copy.rows();
        }
    }

    private static Compared compared(Asked asked, RowCopy copy, BatchOutputs outputs, int firstRow) {
        RowComparer rows = asked.rowComparer();
        if (rows != null && rows.isReady()) {
            return rows.compare(
                    copy.rows(),
                    copy.data(),
                    copy::outputOffset,
                    Native.ALL,
                    output -> outputs.address(output) + firstRow * outputs.rowBytes(output));
        }
        InferenceReply answer = new InferenceReply(
                asked.version().key(), CopiedRows.outputs(copy.layout(), copy.rows(), outputs, firstRow));
        return asked.comparer().compare(copy.tensors().answered(), answer);
    }
}
