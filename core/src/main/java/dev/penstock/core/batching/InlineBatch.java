package dev.penstock.core.batching;

import dev.penstock.core.VersionHandle;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// The requests for one version that one turn of an event loop brought: rows are copied straight to where the
/// model reads them, and run at the turn's end or when no more fit. Made off the loop, then confined to it.
final class InlineBatch {
    private final InlineLoop loop;
    private final LoopRunner runner;
    private final RowLayout layout;
    private final Batch.Elsewhere lane = this::leaveToWorkers;
    private final Batch batch;
    private final int maxRows;
    private final long singleNanos;
    private final ServiceTime serviceTime;

    /// Used again for every batch, in the order of its requests.
    private final @Nullable ObservedCall[] calls;

    private int added;
    private long openedNanos;
    private boolean listed;

    /// Whether there is a lease, and outputs are free.
    private boolean open;

    private boolean running;

    /// @param writer the runner's index
    /// @param maxRows of one run, not more than the runner has room for
    /// @param singleNanos how long a run of one row takes
    InlineBatch(
            InlineLoop loop,
            BatchRunner runner,
            int writer,
            BatchModel model,
            int maxRows,
            long singleNanos,
            Lane lane) {
        this.loop = loop;
        this.runner = new LoopRunner(runner, model.layout(), loop.clock());
        this.layout = model.layout();
        this.serviceTime = lane.serviceTime();
        this.batch = new Batch(this.runner, model.layout(), lane.stats(), lane.runs(), writer);
        this.maxRows = maxRows;
        this.singleNanos = singleNanos;
        this.calls = new @Nullable ObservedCall[maxRows];
    }

    /// @return whether it was not yet in the loop's list, where it is now
    boolean list() {
        boolean fresh = !listed;
        listed = true;
        return fresh;
    }

    /// Takes a call, or says no at once.
    ///
    /// @return [Offer#QUEUE_FULL] if it must not run here now; [Offer#CLOSED] if the version is being
    ///     unloaded
    Offer offer(RowsCall call, VersionRows version, long nowNanos) {
        int rows = call.rows();
        // An answer may have the loop read on, and so bring more, while the batch is being answered.
        if (running || rows > maxRows) {
            return Offer.QUEUE_FULL;
        }
        if (open && rows > maxRows - batch.rows()) {
            run();
        }
        if (!open) {
            Offer opened = open(version);
            if (opened != Offer.TAKEN) {
                return opened;
            }
        }
        batch.addCopied(observed(call, version, nowNanos), rows);
        added++;
        return Offer.TAKEN;
    }

    @SuppressWarnings("MustBeClosedChecker") // The runner has it from here on.
    private Offer open(VersionRows version) {
        if (!loop.fits(singleNanos) || !runner.hasFreeOutputs()) {
            return Offer.QUEUE_FULL;
        }
        VersionHandle.Lease lease = version.tryLease();
        if (lease == null) {
            return Offer.CLOSED;
        }
        try {
            loop.open(this, singleNanos);
        } catch (RejectedExecutionException e) {
            // The loop has ended.
            lease.close();
            return Offer.QUEUE_FULL;
        }
        runner.begin(lease);
        openedNanos = loop.nanoTime();
        open = true;
        return Offer.TAKEN;
    }

    private ObservedCall observed(RowsCall call, VersionRows version, long nowNanos) {
        ObservedCall observed = calls[added];
        if (observed == null) {
            observed = new ObservedCall();
            calls[added] = observed;
        }
        observed.begin(version, call, null, nowNanos);
        return observed;
    }

    /// Of the requests of a run that failed, those for which there is no time in this turn run elsewhere.
    private boolean leaveToWorkers(RowsCall call, int firstRow) {
        return !loop.mayGoOn(runner.ranNanos() - singleNanos)
                && call instanceof ObservedCall observed
                && observed.goesToLane((input, from, rowCount, toAddress) -> {
                    long rowBytes = layout.inputRowBytes(input);
                    Native.copy(
                            runner.inputAddress(input) + (firstRow + from) * rowBytes, toAddress, rowCount * rowBytes);
                });
    }

    /// The turn is over.
    void flush() {
        listed = false;
        if (open) {
            run();
        }
    }

    private void run() {
        running = true;
        try {
            long nowNanos = loop.clock().nanoTime();
            batch.sealed(openedNanos, nowNanos);
            batch.dropLate(nowNanos);
            if (batch.size() > 0) {
                batch.closed(CloseReason.INLINE);
                runner.starting(nowNanos);
                batch.run(serviceTime, lane);
                loop.ran(runner.ranNanos() - singleNanos, runner.endedNanos());
            }
        } catch (RuntimeException | Error e) {
            batch.failRest(e);
        } finally {
            batch.clear();
            runner.end();
            added = 0;
            open = false;
            running = false;
        }
    }
}
