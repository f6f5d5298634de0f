package dev.penstock.server.payload;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.ForwardedCall;
import dev.penstock.server.fast.Layout;

/// Tells the outcome of a call on the fast path to its [Capture], and to the call.
final class KeptCall extends ForwardedCall {
    private final Capture capture;
    private final Layout layout;

    KeptCall(Capture capture, FastCall call, Layout layout) {
        super(call);
        this.capture = capture;
        this.layout = layout;
    }

    /// It has no outcome.
    void untaken() {
        capture.untaken();
    }

    /// Its caller is told so by others.
    void refused(Offer answer) {
        ServingException refusal = answer.refusal(layout.model.key().name());
        capture.failed(layout.model.key(), refusal.code(), refusal.reason());
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        capture.answered(layout, rows(), outputs, firstRow);
        super.completed(outputs, firstRow);
    }

    @Override
    public void failed(ErrorCode code, String message) {
        // It was read by the layout: it fits.
        capture.failed(layout.model.key(), code, message);
        super.failed(code, message);
    }
}
