package dev.penstock.core.batching;

import dev.penstock.core.NanoClock;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// A runner on an event loop, which must never wait for outputs that the loop itself would release. Confined to it.
///
/// A batch has one lease for all its requests. The outputs of its joined run give it back; if that run fails the lease
/// stays here, and each answer of a run alone is copied so that the next one finds free outputs.
final class LoopRunner implements BatchRunner {
    private final BatchRunner runner;
    private final RowLayout layout;
    private final NanoClock clock;
    private VersionHandle.@Nullable Lease lease;
    private boolean joined;
    private long ranNanos;
    private long endedNanos;

    LoopRunner(BatchRunner runner, RowLayout layout, NanoClock clock) {
        this.runner = runner;
        this.layout = layout;
        this.clock = clock;
    }

    /// Begins a batch; takes its lease. Some outputs must be free.
    void begin(VersionHandle.Lease batchLease) {
        lease = batchLease;
        joined = true;
        ranNanos = 0;
    }

    /// Gives the lease back if no outputs do.
    void end() {
        VersionHandle.Lease left = lease;
        if (left != null) {
            lease = null;
            left.close();
        }
    }

    /// Its runs begin now.
    void starting(long nowNanos) {
        endedNanos = nowNanos;
    }

    /// What this batch's runs took so far, also those that failed.
    long ranNanos() {
        return ranNanos;
    }

    /// When the last run ended, or the first began.
    long endedNanos() {
        return endedNanos;
    }

    @Override
    public int maxRows() {
        return runner.maxRows();
    }

    @Override
    public long inputAddress(int input) {
        return runner.inputAddress(input);
    }

    @Override
    public boolean hasFreeOutputs() {
        return runner.hasFreeOutputs();
    }

    @Override
    public BatchOutputs run(int rows, int holders) {
        VersionHandle.Lease batchLease = joined ? lease : null;
        joined = false;
        BatchOutputs outputs = timed(rows);
        if (batchLease == null) {
            return CopiedOutputs.of(outputs, layout, rows);
        }
        lease = null;
        return new LeasedOutputs(outputs, batchLease, holders);
    }

    private BatchOutputs timed(int rows) {
        try {
            BatchOutputs outputs = runner.run(rows, 1);
            endedNanos = outputs.endedNanos();
            ranNanos += endedNanos - outputs.startedNanos();
            return outputs;
        } catch (RuntimeException | Error e) {
            long failedNanos = clock.nanoTime();
            ranNanos += failedNanos - endedNanos;
            endedNanos = failedNanos;
            throw e;
        }
    }
}
