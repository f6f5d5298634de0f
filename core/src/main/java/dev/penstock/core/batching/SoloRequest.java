package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.QueuePolicy;
import dev.penstock.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A request that waits to run alone.
///
/// @param bytes of its inputs
/// @param deadlineNanos when it is answered that it took too long
/// @param lateNanos from when on it stands back for what is on time
record SoloRequest(Pending pending, long bytes, long deadlineNanos, long lateNanos) {
    static SoloRequest of(Pending pending, QueuePolicy policy) {
        InferenceRequest request = pending.request();
        long asked = request.timeoutNanos();
        long arrived = pending.arrivedNanos();
        return new SoloRequest(
                pending,
                bytesOf(request),
                policy.deadlineNanos(request.deadlineNanos(), asked, arrived),
                policy.lateNanos(asked, arrived));
    }

    private static long bytesOf(InferenceRequest request) {
        long bytes = 0;
        for (Tensor input : request.inputs()) {
            bytes += input.data().remaining();
        }
        return bytes;
    }

    boolean standsBack(long nowNanos) {
        return lateNanos != Lane.NO_DEADLINE && lateNanos - nowNanos <= 0;
    }

    /// Why it need not run any more, or null if it must.
    @Nullable
    ErrorCode refusal(long nowNanos) {
        if (pending.sink().abandoned()) {
            return ErrorCode.CANCELLED;
        }
        return deadlineNanos != Lane.NO_DEADLINE && deadlineNanos - nowNanos <= 0 ? ErrorCode.DEADLINE_EXCEEDED : null;
    }
}
