package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastRoute;
import dev.penstock.server.wire.MessageLimits;
import dev.penstock.server.wire.ReservedParameters;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads complete messages and hands them to what is behind the door: on the fast path where they fit a
/// [FastModel], else on the general one. One per event loop, confined to it.
final class Intake {
    private static final System.Logger LOG = System.getLogger(Intake.class.getName());

    private final LoopContext loop;
    private final FastModels models;
    private final InferReader reader = new InferReader();
    private final HeadCache heads = new HeadCache();
    private final GeneralRequests general;

    private long generation;

    Intake(LoopContext loop, FastModels models) {
        this.loop = loop;
        this.models = models;
        this.general = new GeneralRequests(loop.staging);
        this.generation = models.generation();
    }

    /// Has the message answered by way of `call`, perhaps before this returns.
    ///
    /// @param staged the buffer that holds the bytes, which is the call's from here on; null if they stay
    ///     only until this returns
    void take(InferCall call, long address, int bytes, @Nullable ByteBuf staged) {
        if (staged != null) {
            call.bytes.keep(staged);
        }
        if (call.record != null) {
            call.record.received(bytes);
        }
        forgetThePast();
        Head head = heads.find(address, bytes);
        if (head != null) {
            call.id(heads.idAddress(), heads.idLength());
            offer(call, head, address, bytes, staged != null);
        } else if (reader.read(address, bytes)) {
            takeRead(call, address, bytes, staged != null);
        } else {
            ServingException malformed = MessageLimits.malformed("ModelInferRequest", "");
            call.refuse(malformed.code(), malformed.reason(), null);
        }
    }

    private void forgetThePast() {
        long now = models.generation();
        if (now != generation) {
            generation = now;
            heads.clear();
        }
    }

    private void takeRead(InferCall call, long address, int bytes, boolean kept) {
        WireRequest request = reader.request();
        try {
            MessageLimits.checkId(request.id.length);
        } catch (ServingException e) {
            call.general(request.name.text(), ModelLookup.asked(request.version.text()));
            call.refuse(e.code(), e.reason(), null);
            return;
        }
        call.id(request.id.address, request.id.length);
        FastRoute route = models.find(request.name.text(), request.version.text());
        FastModel model = route == null ? null : route.pick(call);
        Head head = route == null || model == null ? null : Head.of(route, model.layout(), request);
        Answer answer = head == null || model == null ? null : head.answerOf(model);
        if (head == null || answer == null) {
            takeGeneral(call, address, bytes, kept);
            return;
        }
        heads.remember(head, address, bytes);
        call.fast(head, answer);
        for (int i = 0; i < head.inputs.length; i++) {
            call.bytes.input(head.inputs[i], request.raw(i).address);
        }
        offer(call, head, answer, address, bytes, kept);
    }

    private static @Nullable Answer pick(InferCall call, Head head) {
        FastModel model = head.route.pick(call);
        return model == null ? null : head.answerOf(model);
    }

    // The head is known, so the message was not read.
    private void offer(InferCall call, Head head, long address, int bytes, boolean kept) {
        Answer answer = pick(call, head);
        if (answer == null) {
            readAgain(call, address, bytes, kept);
            return;
        }
        call.fast(head, answer);
        for (int i = 0; i < head.inputs.length; i++) {
            call.bytes.input(head.inputs[i], heads.rawAddress(i));
        }
        offer(call, head, answer, address, bytes, kept);
    }

    private void offer(InferCall call, Head head, Answer answer, long address, int bytes, boolean kept) {
        call.waitAtMost(head.timeoutNanos);
        boolean staged = kept;
        long at = address;
        if (!kept && !head.small) {
            at = keep(call, head, address, bytes);
            staged = true;
            if (at == 0) {
                refuseForMemory(call, bytes);
                return;
            }
        }
        hold(call);
        FastModel model = answer.layout.model;
        Offer offered;
        try {
            offered = model.offer(call);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "offering a call to " + model.key() + " failed", e);
            if (call.isHeld()) {
                call.failed(ErrorCode.INTERNAL, "the server failed; see its log");
            }
            return;
        }
        if (offered == Offer.TAKEN) {
            if (!staged) {
                forgetInputs(call, head);
            }
            return;
        }
        call.held(false);
        if (offered == Offer.CLOSED) {
            // Another version may have taken its place.
            readAgain(call, at, bytes, staged);
        } else {
            call.refuse(
                    ErrorCode.OVERLOADED, "Exceeds maximum queue size of model '" + head.modelName + "'", model.key());
        }
    }

    private static void hold(InferCall call) {
        call.held(true);
        if (call.record != null) {
            call.record.queued();
        }
    }

    // A message that takes the general path though its head is known.
    private void readAgain(InferCall call, long address, int bytes, boolean kept) {
        if (!reader.read(address, bytes)) {
            throw new IllegalStateException("a message with a known head is malformed (expected: readable)");
        }
        takeGeneral(call, address, bytes, kept);
    }

    // From here on a copy would read whatever the connection receives next.
    private static void forgetInputs(InferCall call, Head head) {
        for (int i = 0; i < head.inputs.length; i++) {
            call.bytes.input(i, 0);
        }
    }

    /// @return where the message is now; 0 if there is no room for it
    private long keep(InferCall call, Head head, long address, int bytes) {
        ByteBuf staged = loop.staging.tryTakeWhole(bytes);
        if (staged == null) {
            return 0;
        }
        Memory.copy(address, staged.memoryAddress(), bytes);
        staged.writerIndex(bytes);
        call.bytes.keep(staged);
        call.bytes.moveInputs(head.inputs.length, staged.memoryAddress() - address);
        return staged.memoryAddress();
    }

    private void refuseForMemory(InferCall call, int bytes) {
        call.refuse(ErrorCode.OVERLOADED, loop.staging.refusal(bytes), null);
    }

    /// The reader has just read the message.
    private void takeGeneral(InferCall call, long address, int bytes, boolean kept) {
        if (!kept) {
            ByteBuf staged = loop.staging.tryTakeWhole(Math.max(bytes, 1));
            if (staged == null) {
                refuseForMemory(call, bytes);
                return;
            }
            call.bytes.keep(staged);
            Memory.copy(address, staged.memoryAddress(), bytes);
            staged.writerIndex(bytes);
            reader.read(staged.memoryAddress(), bytes);
        }
        call.general(
                reader.request().name.text(),
                ModelLookup.asked(reader.request().version.text()));
        InferenceRequest request;
        try {
            request = general.of(reader.request(), call);
        } catch (ServingException e) {
            call.refuse(e.code(), e.reason(), null);
            return;
        }
        hold(call);
        infer(request, new GeneralSink(call));
    }

    /// A parameter of the request that is being handed on, as text, or null.
    @Nullable
    String parameter(String name) {
        if (ReservedParameters.isMeant(name)) {
            return null;
        }
        WireRequest.Parameter found =
                reader.request().parameter(WireRequest.REQUEST, name.getBytes(StandardCharsets.UTF_8));
        if (found == null) {
            return null;
        }
        return switch (found.kind) {
            case WireRequest.STRING -> found.text.text();
            case WireRequest.INT64 -> Long.toString(found.value);
            case WireRequest.UINT64 -> Long.toUnsignedString(found.value);
            case WireRequest.DOUBLE -> Double.toString(Double.longBitsToDouble(found.value));
            case WireRequest.BOOL -> Boolean.toString(found.value != 0);
            default -> null;
        };
    }

    private void infer(InferenceRequest request, GeneralSink sink) {
        try {
            models.infer(request, sink);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request to '" + request.model() + "' failed", e);
            sink.fail(ErrorCode.INTERNAL, "the server failed; see its log");
        } finally {
            sink.handedOn();
        }
    }
}
