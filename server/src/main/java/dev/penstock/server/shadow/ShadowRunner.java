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
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.shadow.ShadowTally;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Has shadows answer copies, and holds their answers against the callers'. Confined to one thread.
final class ShadowRunner {
    private static final System.Logger LOG = System.getLogger(ShadowRunner.class.getName());

    /// Pairs of versions that are remembered.
    private static final int MOST_COMPARERS = 64;

    private final Supplier<RouteTable> table;
    private final ToIntFunction<ModelKey> queued;
    private final int runner;
    private final long maxAgeNanos;
    private final NanoClock clock;
    private final NanoClock busy;
    private final Function<ShadowKey, ShadowTally> tallies;
    private final Map<Pair, AnswerComparer> comparers = new LinkedHashMap<>();

    private record Pair(ModelKey primary, ModelKey shadow, Signature shadowSignature, double tolerance) {}

    /// @param queued how many requests of callers wait for a version
    /// @param runner of every model, that is this thread's
    /// @param clock of deadlines
    /// @param busy tells for how long this thread had a processor
    ShadowRunner(
            Supplier<RouteTable> table,
            ToIntFunction<ModelKey> queued,
            int runner,
            long maxAgeNanos,
            NanoClock clock,
            NanoClock busy,
            Function<ShadowKey, ShadowTally> tallies) {
        this.table = table;
        this.queued = queued;
        this.runner = runner;
        this.maxAgeNanos = maxAgeNanos;
        this.clock = clock;
        this.busy = busy;
        this.tallies = tallies;
    }

    /// Blocks for as long as the runs take.
    void run(ShadowCopy copy) {
        for (ShadowTarget target : copy.targets()) {
            ShadowTally tally = tallies.apply(target.key());
            ShadowDrop drop = drop(copy);
            if (drop != null) {
                tally.dropped(drop);
            } else {
                run(copy, target, tally);
            }
        }
    }

    private @Nullable ShadowDrop drop(ShadowCopy copy) {
        if (clock.nanoTime() - copy.arrivedNanos() > maxAgeNanos) {
            return ShadowDrop.EXPIRED;
        }
        return queued.applyAsInt(copy.answered().key()) > 0 ? ShadowDrop.BUSY : null;
    }

    private void run(ShadowCopy copy, ShadowTarget target, ShadowTally tally) {
        VersionHandle version = target.version();
        if (version == null) {
            tally.dropped(ShadowDrop.NOT_READY);
            return;
        }
        try (VersionHandle.Lease lease = version.tryLease()) {
            if (lease == null) {
                tally.dropped(ShadowDrop.NOT_READY);
                return;
            }
            run(copy, target, version, lease, tally);
        } catch (ServingException e) {
            tally.failed(e.code());
        } catch (RuntimeException e) {
            // The next ones are to be asked all the same.
            LOG.log(System.Logger.Level.DEBUG, version.key() + " could not answer a copy", e);
            tally.failed(ErrorCode.INTERNAL);
        }
    }

    private void run(
            ShadowCopy copy, ShadowTarget target, VersionHandle version, VersionHandle.Lease lease, ShadowTally tally) {
        ModelKey key = version.key();
        InferenceRequest request =
                new InferenceRequest(key.name(), "", "", copy.inputs(), copy.wanted(), InferenceRequest.NO_DEADLINE);
        int _ = RequestCheck.check(key.name(), version.signature(), request);
        long startedNanos = busy.nanoTime();
        InferenceReply answer =
                new InferenceReply(key, lease.model().runner(runner).run(copy.inputs(), copy.wanted()));
        tally.ran(copy.primaryNanos(), busy.nanoTime() - startedNanos);
        tally.compared(comparer(copy, target, version).compare(copy.answered(), answer), copy.group());
    }

    private AnswerComparer comparer(ShadowCopy copy, ShadowTarget target, VersionHandle shadow) {
        double tolerance = target.spec().tolerance();
        Pair pair = new Pair(copy.answered().key(), shadow.key(), shadow.signature(), tolerance);
        AnswerComparer known = comparers.get(pair);
        if (known == null) {
            known = new AnswerComparer(signature(copy.answered().key(), shadow), shadow.signature(), tolerance);
            if (comparers.size() >= MOST_COMPARERS) {
                comparers.remove(comparers.keySet().iterator().next());
            }
            comparers.put(pair, known);
        }
        return known;
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
