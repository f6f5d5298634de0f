package dev.penstock.server.grpc.door;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.fast.FastArm;
import org.jspecify.annotations.Nullable;

/// The arm of a route that one call is with: it is told of the outcome, once. Pooled with its [InferCall].
final class CallArm {
    private final NanoClock clock;

    /// The one that it was offered to, until that knows the outcome.
    private @Nullable FastArm arm;

    /// Where the route has sent it.
    private long routed;

    private long armedNanos;

    /// The one that the general path gave it to.
    private @Nullable Assigned assigned;

    CallArm(NanoClock clock) {
        this.clock = clock;
    }

    /// Another call begins.
    void clear() {
        arm = null;
        assigned = null;
    }

    /// Says where the route has sent it.
    void routed(long place) {
        routed = place;
    }

    long routed() {
        return routed;
    }

    /// It is offered to a model, which has that arm, or none.
    void offered(@Nullable FastArm newArm, InferOwner owner) {
        arm = newArm;
        if (newArm != null) {
            armedNanos = owner.readNanos();
        }
    }

    /// It did not get as far as to the arm.
    void forget() {
        arm = null;
    }

    /// The call ended without a run.
    void ended(ErrorCode failure) {
        if (arm != null) {
            tell(failure, clock.nanoTime());
        }
    }

    /// The call has its outcome: a failure, or what a run or the general path made.
    void settled(@Nullable ErrorCode failure, @Nullable BatchOutputs outputs) {
        FastArm told = arm;
        if (told != null) {
            tell(failure, outputs == null ? clock.nanoTime() : outputs.endedNanos());
            if (failure == null && outputs != null) {
                told.ran(routed, outputs, armedNanos);
            }
        }
    }

    private void tell(@Nullable ErrorCode outcome, long nowNanos) {
        FastArm told = arm;
        if (told != null) {
            arm = null;
            told.ended(routed, outcome, nowNanos - armedNanos);
        }
    }

    /// Before the outcome, by whoever brings it.
    void assigned(@Nullable Assigned newAssigned) {
        assigned = newAssigned;
    }

    /// What its answer says; null if it went to no arm.
    ///
    /// @param fast of the model that has the call on the fast path, or null
    @Nullable
    Assigned assigned(@Nullable FastArm fast) {
        return fast == null ? assigned : fast.assigned(routed);
    }

    /// The one that it is offered to, made for whoever asks.
    @Nullable
    Assigned offered() {
        FastArm offered = arm;
        return offered == null ? null : offered.assigned(routed);
    }
}
