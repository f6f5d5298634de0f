package dev.penstock.server.fast;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.InlineLoop;
import org.jspecify.annotations.Nullable;

/// A call in the place of another one, for those who want to know its outcome. Not used again, as what it is
/// around is.
public abstract class ForwardedCall implements FastCall {
    private final FastCall call;

    protected ForwardedCall(FastCall call) {
        this.call = call;
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
    public long routed() {
        return call.routed();
    }

    @Override
    public @Nullable Assigned arm() {
        return call.arm();
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return call.parameter(name);
    }

    @Override
    public @Nullable CharSequence requestId() {
        return call.requestId();
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
        call.completed(outputs, firstRow);
    }

    @Override
    public void failed(ErrorCode code, String message) {
        call.failed(code, message);
    }
}
