package dev.penstock.server.grpc.door;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import org.jspecify.annotations.Nullable;

/// Brings the outcome of the general path to a pooled call. One per request, so that nobody behind the door
/// can reach the call once it is used for another.
final class GeneralSink implements ReplySink {
    private volatile @Nullable InferCall call;
    private volatile @Nullable ModelKey resolved;
    private volatile @Nullable Assigned assigned;

    /// Touched by the call's event loop only.
    private boolean handedOn;

    GeneralSink(InferCall call) {
        this.call = call;
    }

    @Override
    public void assigned(Assigned arm) {
        assigned = arm;
    }

    @Override
    public void resolved(ModelKey key) {
        resolved = key;
    }

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        InferCall held = call;
        if (held != null && held.record != null) {
            held.record.ran(rows, startedNanos, endedNanos);
        }
    }

    @Override
    public void reply(InferenceReply reply) {
        take().replied(reply);
    }

    @Override
    public void fail(ErrorCode code, String message) {
        take().failed(code, message, resolved);
    }

    @Override
    public boolean abandoned() {
        InferCall held = call;
        return held == null || held.abandoned();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        InferCall held = call;
        return held == null ? null : held.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        InferCall held = call;
        boolean readable = held != null && held.loop.eventLoop.inEventLoop() && !handedOn;
        return held == null || !readable ? null : held.loop.intake.parameter(name);
    }

    /// From here on the loop's reader may hold another request, and this one cannot be asked any more.
    void handedOn() {
        handedOn = true;
    }

    private InferCall take() {
        InferCall held = call;
        if (held == null) {
            throw new IllegalStateException("a second outcome (expected: exactly one)");
        }
        call = null;
        held.assigned(assigned);
        return held;
    }
}
