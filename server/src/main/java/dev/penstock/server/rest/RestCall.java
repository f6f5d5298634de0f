package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.Completions;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.wire.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One inference on the fast path, from its offer to its answer. Pooled by its event loop, which alone touches it but
/// for [FastCall]'s methods: they are for whoever was offered the call.
final class RestCall implements FastCall, Completions.Linked<RestCall> {
    private final FastLoop loop;

    private @Nullable RestCall nextCompleted;
    private @Nullable InferForm form;
    private PipelinedResponses.@Nullable Slot slot;
    private @Nullable String sentId;
    private boolean takesGzip;
    private int caller;
    private int rows;
    private long timeoutNanos;
    private byte[] id = new byte[64];
    private int idBytes;
    private int outputCount;
    private int[] outputs = {};
    private boolean[] binaryOutputs = {};

    /// By input of the signature; 0 when the bytes are gone.
    private long[] inputs = new long[4];

    // What holds the inputs of a call that is not small.
    private @Nullable ByteBuf elements;
    private @Nullable ByteBuf body;

    /// Counts outcomes, so that whoever offered the call can tell whether it had one.
    private int outcomes;

    // The outcome: written by whoever brings it, then read by the loop.
    private @Nullable BatchOutputs values;
    private int firstRow;
    private @Nullable ErrorCode failure;
    private String failureMessage = "";

    RestCall(FastLoop loop) {
        this.loop = loop;
    }

    /// @param text what `request` was read from
    /// @param newCaller as [dev.penstock.server.wire.Callers] tells callers apart
    void begin(
            InferForm newForm,
            InferHead head,
            InferBody request,
            byte[] text,
            PipelinedResponses.Slot newSlot,
            int newCaller,
            long newTimeoutNanos) {
        caller = newCaller;
        form = newForm;
        slot = newSlot;
        sentId = head.requestId();
        takesGzip = head.takesGzip;
        rows = request.rows;
        timeoutNanos = newTimeoutNanos;
        idBytes = request.idTo - request.idFrom;
        if (id.length < idBytes) {
            id = new byte[idBytes];
        }
        System.arraycopy(text, request.idFrom, id, 0, idBytes);
        outputCount = request.outputCount;
        if (outputs.length < outputCount) {
            outputs = new int[outputCount];
            binaryOutputs = new boolean[outputCount];
        }
        for (int i = 0; i < outputCount; i++) {
            outputs[i] = request.output(i);
            binaryOutputs[i] = request.isBinaryOutput(i);
        }
        int count = newForm.layout.inputs.size();
        if (inputs.length < count) {
            inputs = new long[count];
        }
    }

    /// Says where the rows of an input begin.
    void input(int index, long address) {
        inputs[index] = address;
    }

    /// Keeps buffers of [FastLoop]'s staging until the outcome.
    void keep(@Nullable ByteBuf newElements, @Nullable ByteBuf newBody) {
        elements = newElements;
        body = newBody;
    }

    /// Keeps another buffer instead of the second, or none.
    void keepBody(@Nullable ByteBuf newBody) {
        body = newBody;
    }

    int outcomes() {
        return outcomes;
    }

    InferForm form() {
        InferForm present = form;
        if (present == null) {
            throw new IllegalStateException("call without a model (expected: begun, without an outcome)");
        }
        return present;
    }

    private PipelinedResponses.Slot slot() {
        PipelinedResponses.Slot present = slot;
        if (present == null) {
            throw new IllegalStateException("call without a place to answer (expected: begun, without an outcome)");
        }
        return present;
    }

    boolean takesGzip() {
        return takesGzip;
    }

    byte[] id() {
        return id;
    }

    int idBytes() {
        return idBytes;
    }

    int outputs() {
        return outputCount;
    }

    int output(int place) {
        return outputs[place];
    }

    boolean isBinaryOutput(int place) {
        return binaryOutputs[place];
    }

    boolean hasBinaryOutputs() {
        for (int i = 0; i < outputCount; i++) {
            if (binaryOutputs[i]) {
                return true;
            }
        }
        return false;
    }

    /// Writes the id that the answer carries: what the request's JSON says, else what its headers say, else a new one.
    ///
    /// @return where it ends
    int writeRequestId(byte[] out, int at) {
        if (idBytes > 0) {
            System.arraycopy(id, 0, out, at, idBytes);
            return at + idBytes;
        }
        String sent = sentId;
        if (sent == null) {
            return loop.ids.writeNew(out, at);
        }
        byte[] ascii = sent.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, out, at, ascii.length);
        return at + ascii.length;
    }

    private String requestId() {
        byte[] text = new byte[Math.max(RequestIds.MAX_NEW_BYTES, idBytes + 2 * Byte.MAX_VALUE)];
        return new String(text, 0, writeRequestId(text, 0), StandardCharsets.US_ASCII);
    }

    @Override
    public @Nullable RestCall nextCompleted() {
        return nextCompleted;
    }

    @Override
    public void nextCompleted(@Nullable RestCall next) {
        nextCompleted = next;
    }

    @Override
    public void settle() {
        PipelinedResponses.Slot place = slot();
        try {
            if (!place.abandoned()) {
                deliver(place);
            }
        } finally {
            clear();
            loop.give(this);
        }
    }

    private void deliver(PipelinedResponses.Slot place) {
        boolean outside = place.startAnswer();
        try {
            BatchOutputs brought = values;
            if (brought == null) {
                ErrorCode code = failure == null ? ErrorCode.INTERNAL : failure;
                place.answer(exposed(RestErrors.of(code, failureMessage), requestId()));
            } else {
                succeed(place, brought);
            }
        } finally {
            if (outside) {
                place.endAnswer();
                loop.flushLater(place.connection());
            }
        }
    }

    private void succeed(PipelinedResponses.Slot place, BatchOutputs brought) {
        ByteBuf answer;
        try {
            answer = loop.writer.write(this, brought, firstRow, place.closes());
        } catch (ServingException e) {
            place.answer(exposed(RestErrors.of(e), requestId()));
            return;
        } catch (RuntimeException | OutOfMemoryError e) {
            String requestId = requestId();
            place.answer(exposed(RequestFailure.response(e, requestId), requestId));
            return;
        }
        place.answer(answer);
    }

    private FullHttpResponse exposed(FullHttpResponse response, String requestId) {
        HttpExchange.expose(
                response.headers(),
                requestId,
                form().model,
                form().layout.model.key().version());
        return response;
    }

    /// Takes the offer back: the request was not taken, and goes another way.
    void withdraw() {
        slot().withdraw();
        clear();
        loop.give(this);
    }

    private void clear() {
        outcomes++;
        if (values != null) {
            values.release();
            values = null;
        }
        if (elements != null) {
            loop.staging.give(elements);
            elements = null;
        }
        if (body != null) {
            loop.staging.give(body);
            body = null;
        }
        form = null;
        slot = null;
        sentId = null;
        failure = null;
        failureMessage = "";
    }

    // What the engine sees.

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long deadlineNanos() {
        return InferenceRequest.NO_DEADLINE;
    }

    @Override
    public long timeoutNanos() {
        return timeoutNanos;
    }

    @Override
    public @Nullable InlineLoop loop() {
        return loop.inline;
    }

    @Override
    public long priority() {
        return 0;
    }

    @Override
    public @Nullable CharSequence metadata(int index) {
        return null;
    }

    @Override
    public int caller() {
        return caller;
    }

    @Override
    public boolean abandoned() {
        return slot().abandoned();
    }

    @Override
    public void copyRows(int input, int firstRowOfInput, int rowCount, long toAddress) {
        long rowBytes = form().layout.inputs.get(input).rowBytes;
        Native.copy(inputs[input] + firstRowOfInput * rowBytes, toAddress, rowCount * rowBytes);
    }

    @Override
    public void completed(BatchOutputs newValues, int newFirstRow) {
        values = newValues;
        firstRow = newFirstRow;
        finish();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        failure = code;
        failureMessage = message;
        finish();
    }

    private void finish() {
        if (loop.eventLoop.inEventLoop()) {
            settle();
        } else {
            loop.completions.add(this);
        }
    }
}
