package dev.penstock.server.rest;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.RefusalRest;
import org.jspecify.annotations.Nullable;

/// What one inference on the fast path asks, as the engine and routes read it: the part of a [RestCall] that is
/// there before any outcome. Its event loop alone changes it.
abstract class AskedInference implements FastCall {
    final FastLoop loop;
    private final WantedAnswer wanted;
    private @Nullable InferForm form;
    private @Nullable InferHead head;
    private int caller;
    private int rows;
    private long timeoutNanos;
    private long priority;

    /// By input of the signature; 0 when the bytes are gone.
    private long[] inputs = new long[4];

    AskedInference(FastLoop loop) {
        this.loop = loop;
        this.wanted = new WantedAnswer(loop.ids);
    }

    /// @param fit how the request fits the model
    /// @param newCaller as [dev.penstock.server.wire.Callers] tells callers apart
    final void ask(
            InferForm newForm, InferHead newHead, InferBody request, LaneFit fit, int newCaller, long newTimeoutNanos) {
        form = newForm;
        head = newHead;
        caller = newCaller;
        wanted.begin(newHead, request, fit);
        rows = fit.rows;
        priority = request.priority;
        timeoutNanos = newTimeoutNanos;
        int count = newForm.layout.inputs.size();
        if (inputs.length < count) {
            inputs = new long[count];
        }
    }

    /// Says what the call's head is, for routes that look at it.
    final void head(@Nullable InferHead newHead) {
        head = newHead;
    }

    /// Says where the rows of an input begin.
    final void input(int index, long address) {
        inputs[index] = address;
    }

    /// Nothing is asked any more.
    final void forget() {
        form = null;
        head = null;
    }

    final InferForm form() {
        InferForm present = form;
        if (present == null) {
            throw new IllegalStateException("call without a model (expected: begun, without an outcome)");
        }
        return present;
    }

    final WantedAnswer wanted() {
        return wanted;
    }

    @Override
    public final int rows() {
        return rows;
    }

    @Override
    public final long deadlineNanos() {
        return InferenceRequest.NO_DEADLINE;
    }

    @Override
    public final long timeoutNanos() {
        return timeoutNanos;
    }

    @Override
    public final @Nullable InlineLoop loop() {
        return loop.inline;
    }

    @Override
    public final RefusalRest refusals() {
        return loop.refusals;
    }

    @Override
    public final long priority() {
        return priority;
    }

    @Override
    public final @Nullable CharSequence metadata(int index) {
        return null;
    }

    @Override
    public final int caller() {
        return caller;
    }

    @Override
    public final byte[] id() {
        return wanted.id();
    }

    @Override
    public final int idLength() {
        return wanted.idBytes();
    }

    @Override
    public final long inputAddress(int input) {
        return inputs[input];
    }

    @Override
    public final @Nullable CharSequence header(String name) {
        InferHead known = head;
        return known == null ? null : known.header(name);
    }

    @Override
    public final void copyRows(int input, int firstRowOfInput, int rowCount, long toAddress) {
        long rowBytes = form().layout.inputs.get(input).rowBytes;
        Native.copy(inputs[input] + firstRowOfInput * rowBytes, toAddress, rowCount * rowBytes);
    }
}
