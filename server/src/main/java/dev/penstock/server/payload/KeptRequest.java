package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ForwardingSink;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import org.jspecify.annotations.Nullable;

/// Tells a request's outcome to its [Capture], and to its sink.
final class KeptRequest extends ForwardingSink {
    private final Capture capture;
    private final String model;
    private volatile @Nullable ModelKey key;
    private volatile boolean fits;

    /// @param model as it was called
    KeptRequest(Capture capture, String model, ReplySink sink) {
        super(sink);
        this.capture = capture;
        this.model = model;
    }

    /// It has no outcome.
    void untaken() {
        capture.untaken();
    }

    @Override
    public void assigned(Assigned arm) {
        capture.assigned(arm);
        super.assigned(arm);
    }

    @Override
    public void resolved(ModelKey newKey) {
        key = newKey;
        super.resolved(newKey);
    }

    @Override
    public void fits() {
        fits = true;
        super.fits();
    }

    @Override
    public void reply(InferenceReply reply) {
        // Before: what it is in may be the sink's to use again.
        capture.answered(reply.key(), reply.outputs());
        super.reply(reply);
    }

    @Override
    public void fail(ErrorCode code, String message) {
        ModelKey known = key;
        if (fits && known != null) {
            capture.failed(known, code, message);
        } else {
            capture.refused(model, known, code, message);
        }
        super.fail(code, message);
    }
}
