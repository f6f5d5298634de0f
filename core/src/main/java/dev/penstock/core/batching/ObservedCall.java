package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// A call whose outcome is counted before its caller hears of it. Used again by whoever runs it on its own thread.
final class ObservedCall implements RowsCall {
    private @Nullable VersionRows version;
    private @Nullable RowsCall call;
    private VersionHandle.@Nullable Lease lease;
    private @Nullable RowSource source;
    private long arrivedNanos;

    /// Where rows lie that the call itself may have no more.
    interface RowSource {
        /// As [RowsCall#copyRows].
        void copyRows(int input, int firstRow, int rowCount, long toAddress);
    }

    /// @param newLease given back with the outcome; null if something else keeps the version loaded until then
    void begin(VersionRows newVersion, RowsCall newCall, VersionHandle.@Nullable Lease newLease, long newArrivedNanos) {
        version = newVersion;
        call = newCall;
        lease = newLease;
        arrivedNanos = newArrivedNanos;
    }

    /// Offers it again, to the lane, because the loop that took it should not run it.
    ///
    /// @param rows where its rows lie until this returns
    /// @return whether it gets its outcome from there; else it was taken once, and has its run coming
    boolean goesToLane(RowSource rows) {
        return version().offerToLane(call(), rows, 0, arrivedNanos) == Offer.TAKEN;
    }

    /// @param rows where its rows lie as long as they may be copied
    void readFrom(RowSource rows) {
        source = rows;
    }

    private RowsCall call() {
        if (call == null) {
            throw new IllegalStateException("no call (expected: begun)");
        }
        return call;
    }

    private VersionRows version() {
        if (version == null) {
            throw new IllegalStateException("no version (expected: begun)");
        }
        return version;
    }

    @Override
    public int rows() {
        return call().rows();
    }

    @Override
    public long deadlineNanos() {
        return call().deadlineNanos();
    }

    @Override
    public long timeoutNanos() {
        return call().timeoutNanos();
    }

    @Override
    public int caller() {
        return call().caller();
    }

    @Override
    public boolean abandoned() {
        return call().abandoned();
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        RowSource rows = source;
        if (rows == null) {
            call().copyRows(input, firstRow, rowCount, toAddress);
        } else {
            rows.copyRows(input, firstRow, rowCount, toAddress);
        }
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        RowsCall answered = call();
        VersionHandle.Lease own = lease;
        version().succeeded(answered.rows(), arrivedNanos, outputs);
        // Outputs lie in the model's memory: the lease goes back when they have been read.
        answered.completed(own == null ? outputs : new LeasedOutputs(outputs, own, 1), firstRow);
    }

    @Override
    public void failed(ErrorCode code, String message) {
        RowsCall answered = call();
        VersionHandle.Lease own = lease;
        if (own != null) {
            own.close();
        }
        version().failed(code, arrivedNanos);
        answered.failed(code, message);
    }
}
