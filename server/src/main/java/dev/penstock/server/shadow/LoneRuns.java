package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.RouteTable;
import dev.penstock.router.shadow.AnswerComparer;
import dev.penstock.router.shadow.Compared;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.shadow.ShadowTally;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks shadows one copy at a time: for copies of any form. Confined to one thread.
final class LoneRuns {
    private static final System.Logger LOG = System.getLogger(LoneRuns.class.getName());

    private final Supplier<RouteTable> table;
    private final int runner;
    private final Pressure pressure;
    private final NanoClock busy;
    private final Comparers comparers;
    private final Function<ShadowKey, ShadowTally> tallies;

    /// @param runner of every model, that is this thread's
    /// @param busy tells for how long this thread had a processor
    LoneRuns(
            Supplier<RouteTable> table,
            int runner,
            Pressure pressure,
            NanoClock busy,
            Comparers comparers,
            Function<ShadowKey, ShadowTally> tallies) {
        this.table = table;
        this.runner = runner;
        this.pressure = pressure;
        this.busy = busy;
        this.comparers = comparers;
        this.tallies = tallies;
    }

    /// Blocks for as long as the run takes.
    void run(TensorCopy copy, ShadowTarget target) {
        ShadowTally tally = tallies.apply(target.key());
        ShadowDrop drop = pressure.of(copy);
        if (drop != null) {
            tally.dropped(drop);
            return;
        }
        VersionHandle version = target.version();
        try (VersionHandle.Lease lease = version == null ? null : version.tryLease()) {
            if (version == null || lease == null) {
                tally.dropped(ShadowDrop.NOT_READY);
            } else {
                run(copy, target, version, lease, tally);
            }
        }
    }

    /// The same, whatever else waits.
    void run(
            TensorCopy copy, ShadowTarget target, VersionHandle version, VersionHandle.Lease lease, ShadowTally tally) {
        try {
            tally.compared(compared(copy, target, version, lease, tally), copy.group());
        } catch (ServingException e) {
            tally.failed(e.code());
        } catch (RuntimeException e) {
            // The next ones are to be asked all the same.
            LOG.log(System.Logger.Level.DEBUG, version.key() + " could not answer a copy", e);
            tally.failed(ErrorCode.INTERNAL);
        }
    }

    private Compared compared(
            TensorCopy copy, ShadowTarget target, VersionHandle version, VersionHandle.Lease lease, ShadowTally tally) {
        ModelKey key = version.key();
        InferenceRequest request =
                new InferenceRequest(key.name(), "", "", copy.inputs(), copy.wanted(), InferenceRequest.NO_DEADLINE);
        int _ = RequestCheck.check(key.name(), version.signature(), request);
        long startedNanos = busy.nanoTime();
        InferenceReply answer =
                new InferenceReply(key, lease.model().runner(runner).run(copy.inputs(), copy.wanted()));
        tally.ran(copy.primaryNanos(), busy.nanoTime() - startedNanos);
        AnswerComparer comparer = comparers
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
