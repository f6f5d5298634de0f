package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.RouteTable;
import dev.penstock.router.shadow.AnswerComparer;
import dev.penstock.router.shadow.Compared;
import dev.penstock.router.shadow.ShadowDrop;
import java.util.function.Supplier;

/// Asks shadows one copy at a time: for copies of any form. Confined to one thread.
final class LoneRuns {
    private static final System.Logger LOG = System.getLogger(LoneRuns.class.getName());

    private final Supplier<RouteTable> table;
    private final int runner;
    private final RunTools tools;

    /// @param runner of every model, that is this thread's
    LoneRuns(Supplier<RouteTable> table, int runner, RunTools tools) {
        this.table = table;
        this.runner = runner;
        this.tools = tools;
    }

    /// Blocks for as long as the run takes.
    void run(TensorCopy copy, ShadowTarget target, CopyOutcomes outcomes) {
        ShadowDrop drop = tools.pressure().of(copy);
        if (drop != null) {
            outcomes.dropped(drop, 1);
            return;
        }
        VersionHandle version = target.version();
        try (VersionHandle.Lease lease = version == null ? null : version.tryLease()) {
            if (version == null || lease == null) {
                outcomes.dropped(ShadowDrop.NOT_READY, 1);
            } else {
                run(copy, target, version, lease, outcomes);
            }
        }
    }

    /// The same, whatever else waits.
    void run(
            TensorCopy copy,
            ShadowTarget target,
            VersionHandle version,
            VersionHandle.Lease lease,
            CopyOutcomes outcomes) {
        try {
            outcomes.compared(compared(copy, target, version, lease, outcomes), copy.group());
        } catch (ServingException e) {
            outcomes.failed(e.code(), copy.group());
        } catch (RuntimeException e) {
            // The next ones are to be asked all the same.
            LOG.log(System.Logger.Level.DEBUG, version.key() + " could not answer a copy", e);
            outcomes.failed(ErrorCode.INTERNAL, copy.group());
        }
    }

    private Compared compared(
            TensorCopy copy,
            ShadowTarget target,
            VersionHandle version,
            VersionHandle.Lease lease,
            CopyOutcomes outcomes) {
        ModelKey key = version.key();
        InferenceRequest request =
                new InferenceRequest(key.name(), "", "", copy.inputs(), copy.wanted(), InferenceRequest.NO_DEADLINE);
        int _ = RequestCheck.check(key.name(), version.signature(), request);
        long startedNanos = tools.busy().nanoTime();
        InferenceReply answer =
                new InferenceReply(key, lease.model().runner(runner).run(copy.inputs(), copy.wanted()));
        outcomes.ran(copy.primaryNanos(), tools.busy().nanoTime() - startedNanos, copy.group());
        AnswerComparer comparer = tools.comparers()
                .of(
                        copy.primary(),
                        () -> signature(copy.primary(), version),
                        key,
                        version.signature(),
                        target.spec().tolerance())
                .answers();
        return comparer.compare(copy.answered(), answer);
    }

    private Signature signature(ModelKey primary, VersionHandle shadow) {
        try {
            return table.get()
                    .resolve(primary.name(), Long.toString(primary.version()))
                    .signature();
        } catch (ServingException e) {
            // It is gone; what it answered looks like what the other answers, or cannot be compared.
            return shadow.signature();
        }
    }
}
