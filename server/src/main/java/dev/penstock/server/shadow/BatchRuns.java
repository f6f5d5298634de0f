package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ServingException;
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
import dev.penstock.server.fast.CopiedRows;
import dev.penstock.server.fast.Layout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks shadows for the rows of several copies at once, where the shadow takes the same rows as who answered
/// the callers, and runs them in batches; each copy once. Confined to one thread, which has a runner of its
/// own: no copy shares a batch with a request.
final class BatchRuns {
    private static final System.Logger LOG = System.getLogger(BatchRuns.class.getName());

    /// Shadows whose pace is known; of more, those that were asked longest ago begin anew.
    private static final int MOST_PACES = 64;

    private final RowRunners runners;
    private final RunTools tools;
    private final LoneRuns alone;
    private final Map<ShadowKey, BatchPace> paces = new LinkedHashMap<>(16, 0.75f, true);

    /// Of the batch that is being made.
    private final List<RowCopy> gathered = new ArrayList<>();

    BatchRuns(RowRunners runners, RunTools tools, LoneRuns alone) {
        this.runners = runners;
        this.tools = tools;
        this.alone = alone;
    }

    /// Who is asked, while it is loaded.
    ///
    /// @param rowComparer null if it takes no batches of such rows
    /// @param rows the same
    private record Asked(
            ShadowTarget target,
            VersionHandle version,
            VersionHandle.Lease lease,
            CopyOutcomes outcomes,
            BatchPace pace,
            AnswerComparer comparer,
            @Nullable RowComparer rowComparer,
            @Nullable BatchRunner rows,
            int maxRows) {}

    /// Blocks for as long as the runs take.
    ///
    /// @param layout of all copies
    void run(
            ShadowTarget target, Layout layout, List<RowCopy> copies, ShadowRunner.Pause pause, CopyOutcomes outcomes) {
        int next = 0;
        while (next < copies.size() && pause.rest()) {
            next = runSome(target, layout, copies, next, outcomes);
        }
    }

    /// A lease for each run: who rests between two holds nothing that somebody waits for.
    ///
    /// @return the first of those that are left
    private int runSome(ShadowTarget target, Layout layout, List<RowCopy> copies, int first, CopyOutcomes outcomes) {
        VersionHandle version = target.version();
        try (VersionHandle.Lease lease = version == null ? null : version.tryLease()) {
            if (version != null && lease != null) {
                return runSome(asked(target, layout, version, lease, outcomes), copies, first);
            }
            outcomes.dropRest(ShadowDrop.NOT_READY);
            return copies.size();
        }
    }

    private BatchPace pace(ShadowKey shadow) {
        BatchPace known = paces.get(shadow);
        if (known != null) {
            return known;
        }
        if (paces.size() >= MOST_PACES) {
            paces.remove(paces.keySet().iterator().next());
        }
        BatchPace pace = new BatchPace();
        paces.put(shadow, pace);
        return pace;
    }

    private Asked asked(
            ShadowTarget target,
            Layout layout,
            VersionHandle version,
            VersionHandle.Lease lease,
            CopyOutcomes outcomes) {
        Comparers.Both both = tools.comparers()
                .of(
                        layout.model.key(),
                        layout.model::signature,
                        version.key(),
                        version.signature(),
                        target.spec().tolerance());
        BatchPace pace = pace(target.key());
        RowRunners.RowRunner rows = runners.of(lease.model(), version.signature());
        if (rows == null || !isAlike(layout.model.signature(), rows.signature())) {
            return new Asked(target, version, lease, outcomes, pace, both.answers(), null, null, 0);
        }
        BatchRunner runner = rows.runner();
        int maxRows = Math.min(runner.maxRows(), rows.signature().maxBatchSize());
        RowComparer comparer = both.rows(rows.signature());
        return new Asked(target, version, lease, outcomes, pace, both.answers(), comparer, runner, maxRows);
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
            runAlone(asked, head);
            return first + 1;
        }
        boolean timed = asked.pace().isTimed(head.rows(), head.primaryRows());
        int most = asked.pace().mostRows(head.rows(), head.primaryRows(), timed, asked.maxRows());
        int next = gather(asked, copies, first, most);
        if (!gathered.isEmpty() && tools.pressure().isOn(head.primary())) {
            asked.outcomes().dropped(ShadowDrop.BUSY, gathered.size());
        } else if (!gathered.isEmpty()) {
            run(asked, rows, timed ? head : null);
        }
        return next;
    }

    private void runAlone(Asked asked, RowCopy copy) {
        ShadowDrop drop = tools.pressure().of(copy);
        if (drop != null) {
            asked.outcomes().dropped(drop, 1);
        } else {
            alone.run(copy.tensors(), asked.target(), asked.version(), asked.lease(), asked.outcomes());
        }
    }

    /// Takes as many as fit, and drops those that are too late.
    private int gather(Asked asked, List<RowCopy> copies, int first, int most) {
        gathered.clear();
        long nowNanos = tools.pressure().nanoTime();
        int rows = 0;
        int next = first;
        boolean full = false;
        while (!full && next < copies.size() && rows + copies.get(next).rows() <= most) {
            RowCopy copy = copies.get(next++);
            if (tools.pressure().isLate(copy, nowNanos)) {
                asked.outcomes().dropped(ShadowDrop.EXPIRED, 1);
            } else {
                gathered.add(copy);
                rows += copy.rows();
                full = asked.pace().isWary();
            }
        }
        return next;
    }

    /// @param timed whose run at the primary it is held against, if it has as many rows; null for none
    private void run(Asked asked, BatchRunner runner, @Nullable RowCopy timed) {
        int rows = fill(runner);
        long startedNanos = timed == null ? 0 : tools.busy().nanoTime();
        BatchOutputs outputs;
        try {
            outputs = runner.run(rows, 1);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, asked.version().key() + " could not answer copies", e);
            failed(asked, e);
            return;
        }
        try {
            asked.pace().ranWell();
            if (timed != null && timed.primaryRows() == rows) {
                asked.outcomes().ran(timed.primaryNanos(), tools.busy().nanoTime() - startedNanos, timed.group());
            }
            compare(asked, outputs);
        } finally {
            outputs.release();
        }
    }

    /// One of them failed for certain, nobody knows which; of the others nobody knows, and none is asked again.
    private void failed(Asked asked, RuntimeException why) {
        asked.pace().failed();
        ErrorCode code = why instanceof ServingException e ? e.code() : ErrorCode.INTERNAL;
        asked.outcomes().failed(code);
        asked.outcomes().dropped(ShadowDrop.BATCH_FAILED, gathered.size() - 1);
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
                asked.outcomes().compared(compared(asked, copy, outputs, firstRow), copy.group());
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, asked.version().key() + " gave an answer that cannot be read", e);
                asked.outcomes().failed(ErrorCode.INTERNAL, copy.group());
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
