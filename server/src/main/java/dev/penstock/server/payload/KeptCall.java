package dev.penstock.server.payload;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.fast.RefusalRest;
import org.jspecify.annotations.Nullable;

/// Tells the outcome of a call on the fast path to its [Capture], and to the call. Not used again, as what it
/// is around is.
final class KeptCall implements FastCall {
    private final Capture capture;
    private final FastCall call;
    private final Layout layout;

    KeptCall(Capture capture, FastCall call, Layout layout) {
        this.capture = capture;
        this.call = call;
        this.layout = layout;
    }

    /// It has no outcome.
    void untaken() {
        capture.untaken();
    }

    @Override
    public @Nullable InlineLoop loop() {
        return call.loop();
    }

    @Override
    public void assigned(long place) {
        call.assigned(place);
    }

    @Override
    public RefusalRest refusals() {
        return call.refusals();
    }

    @Override
    public long priority() {
        return call.priority();
    }

    @Override
    public @Nullable CharSequence metadata(int index) {
        return call.metadata(index);
    }

    @Override
    public byte[] id() {
        return call.id();
    }

    @Override
    public int idLength() {
        return call.idLength();
    }

    @Override
    public long inputAddress(int input) {
        return call.inputAddress(input);
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return call.header(name);
    }

    @Override
    public int rows() {
        return call.rows();
    }

    @Override
    public long deadlineNanos() {
        return call.deadlineNanos();
    }

    @Override
    public long timeoutNanos() {
        return call.timeoutNanos();
    }

    @Override
    public int caller() {
        return call.caller();
    }

    @Override
    public boolean abandoned() {
        return call.abandoned();
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        call.copyRows(input, firstRow, rowCount, toAddress);
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        capture.answered(layout, call.rows(), outputs, firstRow);
        call.completed(outputs, firstRow);
    }

    @Override
    public void failed(ErrorCode code, String message) {
        // It was read by the layout: it fits.
        capture.failed(layout.model.key(), code, message);
        call.failed(code, message);
    }
}
