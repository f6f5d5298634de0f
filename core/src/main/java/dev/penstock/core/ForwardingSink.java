package dev.penstock.core;

import org.jspecify.annotations.Nullable;

/// A sink in the place of another one, for those who want to know what it is told. What is not overridden is
/// handed on.
public abstract class ForwardingSink implements ReplySink {
    private final ReplySink sink;

    protected ForwardingSink(ReplySink sink) {
        this.sink = sink;
    }

    @Override
    public void assigned(Assigned arm) {
        sink.assigned(arm);
    }

    @Override
    public void resolved(ModelKey key) {
        sink.resolved(key);
    }

    @Override
    public void fits() {
        sink.fits();
    }

    @Override
    public void batched(long sinceNanos) {
        sink.batched(sinceNanos);
    }

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        sink.ran(rows, runRows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        sink.reply(reply);
    }

    @Override
    public void fail(ErrorCode code, String message) {
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
