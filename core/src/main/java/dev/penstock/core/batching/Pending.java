package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// One admitted request waiting for its run.
///
/// @param lease keeps the version loaded; closed by whoever completes the request
/// @param rows what the request counts for
/// @param arrivedNanos when it was admitted
public record Pending(
        InferenceRequest request, VersionHandle.Lease lease, ReplySink sink, int rows, long arrivedNanos) {
    /// Whether its caller will wait no longer, whatever the model's queue allows.
    public boolean expired(long nowNanos) {
        long timeoutNanos = request.timeoutNanos();
        return request.expired(nowNanos) || (timeoutNanos > 0 && nowNanos - arrivedNanos >= timeoutNanos);
    }

    /// Gives the lease back and has the outcome counted. Before the caller hears of it: whoever has all
    /// answers may unload, and a scrape after an answer shows it.
    ///
    /// @param ranRows of the request; 0 if it never ran
    /// @param runRows of the run, of other requests as well
    /// @param startNanos when the run began, or the end if it never ran
    void settle(
            ServingObserver observer,
            @Nullable ErrorCode failure,
            int ranRows,
            int runRows,
            long startNanos,
            long endNanos) {
        ModelKey key = lease.model().key();
        if (ranRows > 0) {
            sink.ran(ranRows, runRows, startNanos, endNanos);
        }
        lease.close();
        observer.finished(key, failure, ranRows, startNanos - arrivedNanos, endNanos - startNanos);
    }
}
