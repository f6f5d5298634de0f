package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.wire.Callers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// Offers complete inferences to the lanes of their models; those that fit none go to the port's handler,
/// which also says what is wrong. One per connection, confined to its event loop.
final class PlainDispatch {
    private static final System.Logger LOG = System.getLogger(PlainDispatch.class.getName());

    private final FastLoop loop;
    private final ArrivalTimer timer;
    private final HttpConnection connection;

    /// Whose connection it is, as [Callers] tells callers apart.
    private int peer;

    private @Nullable InferTarget lastTarget;

    PlainDispatch(FastLoop loop, ArrivalTimer timer, HttpConnection connection) {
        this.loop = loop;
        this.timer = timer;
        this.connection = connection;
    }

    void connected(int newPeer) {
        peer = newPeer;
    }

    /// The next request has another head than the last.
    void newHead() {
        lastTarget = null;
    }

    /// Deals with the complete request that begins at the reader index.
    ///
    /// @param staged whether the buffer is staging's; then it is taken over
    void dispatch(ChannelHandlerContext ctx, InferHead head, ByteBuf bytes, boolean staged) {
        if (toLane(head, bytes, staged)) {
            return;
        }
        ByteBuf body;
        if (staged) {
            body = loop.staging.detach(bytes).skipBytes(head.length());
        } else {
            body = bytes.retainedSlice(bytes.readerIndex() + head.length(), head.bodyBytes);
        }
        // It has arrived already, within what the connection may hold.
        connection.memory().budget().take(head.bodyBytes);
        connection.handle(ctx, head.general(loop.keptHeaders()), body);
    }

    /// @return false if the request is not for a lane; then nothing has changed
    private boolean toLane(InferHead head, ByteBuf bytes, boolean staged) {
        InferTarget target = loop.target(head.path(), lastTarget);
        lastTarget = target;
        RestCall call = loop.takeCall();
        call.head(head);
        InferForm form = target.pick(call);
        InferBody request = form == null ? null : read(head, bytes, form);
        if (form == null || request == null) {
            call.head(null);
            loop.give(call);
            return false;
        }
        return offer(call, form, head, request, bytes, staged);
    }

    /// @return the request, or null if it does not fit the model
    private @Nullable InferBody read(InferHead head, ByteBuf bytes, InferForm form) {
        int jsonEnd = head.length() + head.jsonBytes;
        byte[] text = loop.text(bytes, bytes.readerIndex(), jsonEnd);
        InferBody request = loop.bodies.body();
        try {
            if (form.predicts) {
                request = readPrediction(text, head, form);
            } else {
                loop.bodies.read(text, head.length(), jsonEnd, head.bodyBytes - head.jsonBytes, form.model);
            }
        } catch (ServingException e) {
            // The handler finds the same.
            return null;
        }
        if (!loop.fit.fits(request, form.layout)) {
            loop.room.clear();
            return null;
        }
        return request;
    }

    /// What a head says of binary data means nothing in V1: the handler takes all of the body for JSON.
    private InferBody readPrediction(byte[] text, InferHead head, InferForm form) {
        if (head.jsonBytes != head.bodyBytes) {
            throw ServingException.invalid("the body has more than JSON (expected: a prediction)");
        }
        int from = head.length();
        return loop.predictions.read(text, from, from + head.jsonBytes, form.model, form.layout.model.signature());
    }

    /// @return false if the model is being replaced; then nothing has changed
    private boolean offer(
            RestCall call, InferForm form, InferHead head, InferBody request, ByteBuf bytes, boolean staged) {
        PipelinedResponses.Slot slot = connection.responses().openPlain();
        slot.run();
        if (call.record != null) {
            describe(call.record, form, head, slot);
        }
        timer.messageEnded();
        call.begin(form, head, request, loop.fit, slot, Callers.of(head.caller(), peer), request.timeoutNanos);
        boolean small = loop.fit.rows * form.layout.inputRowBytes < FastModel.COPY_AT_ONCE_BYTES;
        int binaryFrom = bytes.readerIndex() + head.length() + head.jsonBytes;
        boolean copied = !small && !staged && request.binaryBytes > 0;
        ByteBuf kept = copied ? copyOfBinary(request, bytes, binaryFrom) : small || !staged ? null : bytes;
        // What was not counted when it came is let in by what others hold: its answer will be counted.
        boolean full = small && !staged && connection.memory().budget().isFull();
        if (full || (copied && kept == null) || (!small && !loop.room.own(request.elementBytes))) {
            refuse(call, kept, bytes, staged);
            return true;
        }
        long binary = copied && kept != null ? kept.memoryAddress() : bytes.memoryAddress() + binaryFrom;
        for (int i = 0; i < form.layout.inputs.size(); i++) {
            InferInput input = request.input(loop.fit.input(i));
            call.input(i, (input.isBinary ? binary : loop.room.address()) + input.offset);
        }
        call.keep(loop.room.take(), kept);
        if (offer(call, form) == Offer.CLOSED) {
            call.keepBody(staged ? null : kept);
            call.withdraw();
            return false;
        }
        if (staged && small) {
            loop.staging.give(bytes);
        }
        return true;
    }

    private void describe(CallRecord record, InferForm form, InferHead head, PipelinedResponses.Slot slot) {
        CallKind kind = form.predicts ? CallKind.HTTP_V1 : CallKind.HTTP;
        record.begin(kind, timer.sinceNanos(), head.traceParent(), head.traceState());
        record.caller(head.caller(), slot.connection().peer());
        record.received(head.bodyBytes);
    }

    /// What follows the JSON, where it stays until the outcome.
    private @Nullable ByteBuf copyOfBinary(InferBody request, ByteBuf bytes, int from) {
        ByteBuf copy = loop.staging.tryTakeWhole((int) request.binaryBytes);
        return copy == null ? null : copy.writeBytes(bytes, from, (int) request.binaryBytes);
    }

    private void refuse(RestCall call, @Nullable ByteBuf kept, ByteBuf bytes, boolean staged) {
        call.forgetArm();
        loop.room.clear();
        if (staged) {
            loop.staging.give(bytes);
        } else if (kept != null) {
            loop.staging.give(kept);
        }
        call.failed(ErrorCode.OVERLOADED, connection.memory().refusal(call.form().layout.inputRowBytes * call.rows()));
    }

    private static Offer offer(RestCall call, InferForm form) {
        FastModel model = form.layout.model;
        int outcomes = call.outcomes();
        Offer answer;
        if (call.record != null) {
            call.record.queued();
        }
        try {
            answer = model.offer(call);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "offering a call to " + model.key() + " failed", e);
            if (call.outcomes() == outcomes) {
                call.failed(ErrorCode.INTERNAL, "the request failed; the log of the server says why");
            }
            return Offer.TAKEN;
        }
        if (answer != Offer.TAKEN && answer != Offer.CLOSED) {
            call.failed(ErrorCode.OVERLOADED, "Exceeds maximum queue size of model '" + form.model + "'");
        }
        return answer;
    }
}
