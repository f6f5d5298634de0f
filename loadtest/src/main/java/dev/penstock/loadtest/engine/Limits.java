package dev.penstock.loadtest.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How long requests may take. Pure, shared by all loops.
///
/// @param timeoutNanos after which none is waited for, from when it was sent
/// @param deadlineNanos after which an answer is worth nothing, from when the request was due
/// @param givesUp whether the client gives up at the deadline
record Limits(long timeoutNanos, long deadlineNanos, boolean givesUp) {
    private static final long MIN_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MAX_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SWEEPS = 10;

    static Limits of(LoadPlan plan) {
        return new Limits(
                plan.timeout().toNanos(),
                plan.deadline().map(Duration::toNanos).orElse(Long.MAX_VALUE),
                plan.deadline().isPresent() && plan.protocol() != Protocol.GRPC_STREAM);
    }

    /// Whether a request that was due so long ago is not worth sending any more.
    boolean isPast(long sinceDueNanos) {
        return sinceDueNanos >= deadlineNanos;
    }

    /// What becomes of a request that has no answer.
    ///
    /// @return [Codes#OK] if it waits on
    int codeOfWaiting(long sinceDueNanos, long sinceSentNanos) {
        if (givesUp && isPast(sinceDueNanos)) {
            return Codes.DEADLINE_EXCEEDED;
        }
        return sinceSentNanos >= timeoutNanos ? Codes.TIMEOUT : Codes.OK;
    }

    /// What an answer counts as that came so long after its request was due. Servers reset a call when its
    /// deadline passes.
    int codeOf(int code, long sinceDueNanos) {
        boolean late = sinceDueNanos > deadlineNanos && (code == Codes.OK || code == Codes.CANCELLED);
        return late ? Codes.DEADLINE_EXCEEDED : code;
    }

    /// How often to look for requests that take too long.
    long sweepNanos() {
        return Math.clamp(deadlineNanos / SWEEPS, MIN_SWEEP_NANOS, MAX_SWEEP_NANOS);
    }
}
