package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import org.jspecify.annotations.Nullable;

/// Tells a request's outcome to its [Capture], and to its sink.
final class KeptRequest implements ReplySink {
    private final Capture capture;
    private final String model;
    private final ReplySink sink;
    private volatile @Nullable ModelKey key;
    private volatile boolean fits;

    /// @param model as it was called
    KeptRequest(Capture capture, String model, ReplySink sink) {
        this.capture = capture;
        this.model = model;
        this.sink = sink;
    }

    /// It has no outcome.
    void untaken() {
        capture.untaken();
    }

    @Override
    public void assigned(Assigned arm) {
        sink.assigned(arm);
    }

    @Override
    public void resolved(ModelKey newKey) {
        key = newKey;
        sink.resolved(newKey);
    }

    @Override
    public void fits() {
        fits = true;
    }

    @Override
    public void ran(int rows, long startedNanos, long endedNanos) {
        sink.ran(rows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        // Before: what it is in may be the sink's to use again.
        capture.answered(reply.key(), reply.outputs());
        sink.reply(reply);
    }

    @Override
    public void fail(ErrorCode code, String message) {
        ModelKey known = key;
        if (fits && known != null) {
            capture.failed(known, code, message);
        } else {
            capture.refused(model, known, code, message);
        }
        sink.fail(code, message);
    }

    @Override
    public boolean abandoned() {
        return sink.abandoned();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return sink.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return sink.parameter(name);
    }
}
