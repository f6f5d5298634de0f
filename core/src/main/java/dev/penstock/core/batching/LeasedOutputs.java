package dev.penstock.core.batching;

import dev.penstock.core.VersionHandle;
import java.util.concurrent.atomic.AtomicInteger;

/// Outputs whose last release gives a lease back: they lie in the model's memory. Thread-safe.
final class LeasedOutputs implements BatchOutputs {
    private final BatchOutputs outputs;
    private final VersionHandle.Lease lease;
    private final AtomicInteger holders;

    /// @param outputs with one holder, this
    /// @param holders how often this will be released
    LeasedOutputs(BatchOutputs outputs, VersionHandle.Lease lease, int holders) {
        this.outputs = outputs;
        this.lease = lease;
        this.holders = new AtomicInteger(holders);
    }

    @Override
    public long address(int output) {
        return outputs.address(output);
    }

    @Override
    public long rowBytes(int output) {
        return outputs.rowBytes(output);
    }

    @Override
    public int rows() {
        return outputs.rows();
    }

    @Override
    public long startedNanos() {
        return outputs.startedNanos();
    }

    @Override
    public long endedNanos() {
        return outputs.endedNanos();
    }

    @Override
    public long attendedNanos() {
        return outputs.attendedNanos();
    }

    @Override
    public void attended(long sinceNanos) {
        outputs.attended(sinceNanos);
    }

    @Override
    public void release() {
        int left = holders.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("outputs were released once too often");
        }
        if (left == 0) {
            outputs.release();
            lease.close();
        }
    }
}
