package dev.penstock.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.router.Router;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.wire.HeaderText;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One ModelStreamInfer call: many requests, answered in their order, a failed one by an `error_message` with
/// the stream going on, or by the end of the stream where the caller asked for that. Thread-safe.
///
/// No more is taken while too many requests are under way or the caller does not read its answers.
final class InferStream implements StreamObserver<ModelInferRequest> {
    private static final System.Logger LOG = System.getLogger(InferStream.class.getName());
    private static final int MAX_IN_FLIGHT = 1024;

    /// Each request has one answer here, so that `triton_enable_empty_final_response` has nothing to add.
    private static final String FINAL_RESPONSE = "triton_final_response";

    private static final InferParameter TRUE =
            InferParameter.newBuilder().setBoolParam(true).build();

    private final Router router;
    private final RequestDecoder decoder;
    private final ServerCallStreamObserver<ModelStreamInferResponse> call;

    /// Whether the first failure ends the stream.
    private final boolean strict;

    private final Exposure exposure;
    private final @Nullable CallWatch watch;

    private final @Nullable StreamFate fate = StreamFate.current();
    private final ReentrantLock lock = new ReentrantLock();

    /// What is owed, in the order in which it was asked.
    @GuardedBy("lock")
    private final ArrayDeque<StreamedRequest> owed = new ArrayDeque<>();

    /// Whether the transport was asked for a message that has not come.
    @GuardedBy("lock")
    private boolean asked;

    @GuardedBy("lock")
    private boolean halfClosed;

    @GuardedBy("lock")
    private boolean draining;

    @GuardedBy("lock")
    private boolean ended;

    private InferStream(
            Router router,
            RequestDecoder decoder,
            @Nullable CallWatch watch,
            ServerCallStreamObserver<ModelStreamInferResponse> call,
            boolean strict,
            Exposure exposure) {
        this.watch = watch;
        this.exposure = exposure;
        this.router = router;
        this.decoder = decoder;
        this.call = call;
        this.strict = strict;
    }

    /// Begins on the call whose handler is running.
    static InferStream start(
            Router router,
            RequestDecoder decoder,
            @Nullable CallWatch watch,
            ServerCallStreamObserver<ModelStreamInferResponse> call) {
        WireCall<?, ?> wire = WireCall.current();
        InferStream stream = new InferStream(router, decoder, watch, call, wire.failsStrictly(), Exposure.current());
        call.disableAutoRequest();
        call.setOnReadyHandler(stream::takeMore);
        // With a handler, answering a cancelled call is no error.
        call.setOnCancelHandler(stream::end);
        wire.onUnreadable(stream::unreadable);
        wire.onDraining(stream::drain);
        return stream;
    }

    @Override
    public void onNext(ModelInferRequest message) {
        long bytes = fate == null ? 0 : fate.takeOver();
        StreamedRequest request = new StreamedRequest(this, message, bytes);
        took(request);
        ObservedCall observed =
                watch == null ? null : ObservedCall.of(watch, CallKind.GRPC_STREAM, message, exposure, request);
        ReplySink sink = observed == null ? request : observed;
        try {
            router.infer(
                    decoder.decode(message, Context.current().getDeadline()).by(exposure.caller()), sink);
        } catch (ServingException e) {
            sink.fail(e.code(), e.reason());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request to '" + message.getModelName() + "' failed", e);
            sink.fail(ErrorCode.INTERNAL, "the server failed; see its log");
        }
        takeMore();
    }

    private void took(StreamedRequest request) {
        lock.lock();
        try {
            asked = false;
            owed.add(request);
        } finally {
            lock.unlock();
        }
    }

    /// The message was no request at all; the next one may be.
    private void unreadable(ServingException cause) {
        StreamedRequest request = new StreamedRequest(this, ModelInferRequest.getDefaultInstance(), 0);
        took(request);
        request.fail(cause.code(), cause.reason());
        takeMore();
    }

    private void takeMore() {
        lock.lock();
        try {
            if (asked || halfClosed || draining || ended || owed.size() >= MAX_IN_FLIGHT || !call.isReady()) {
                return;
            }
            asked = true;
        } finally {
            lock.unlock();
        }
        call.request(1);
    }

    @Override
    public void onCompleted() {
        lock.lock();
        try {
            halfClosed = true;
            advance();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable cause) {
        end();
    }

    /// Ends the stream when what is under way is answered.
    private void drain() {
        lock.lock();
        try {
            draining = true;
            advance();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            owed.clear();
        } finally {
            lock.unlock();
        }
    }

    /// What the header of that name says that the stream began with, or null.
    @Nullable
    String header(String name) {
        return exposure.header(name);
    }

    /// Whether nobody waits for answers any more.
    boolean isOver() {
        return call.isCancelled();
    }

    /// The request has its outcome. Any thread may say so.
    void settled(
            StreamedRequest request,
            ModelInferResponse.@Nullable Builder response,
            @Nullable ServingException failure) {
        if (fate != null) {
            fate.give(request.heldBytes());
        }
        ModelStreamInferResponse answer = failure != null
                ? refusal(request, failure)
                : answer(response == null ? ModelInferResponse.newBuilder() : response);
        lock.lock();
        try {
            request.answer = answer;
            request.failure = strict ? failure : null;
            advance();
        } finally {
            lock.unlock();
        }
        takeMore();
    }

    private static ModelStreamInferResponse answer(ModelInferResponse.Builder response) {
        return ModelStreamInferResponse.newBuilder()
                .setInferResponse(response.putParameters(FINAL_RESPONSE, TRUE))
                .build();
    }

    private static ModelStreamInferResponse refusal(StreamedRequest request, ServingException failure) {
        return ModelStreamInferResponse.newBuilder()
                .setErrorMessage(HeaderText.message(failure.reason()))
                .setInferResponse(
                        ModelInferResponse.newBuilder().setId(request.id()).putParameters(FINAL_RESPONSE, TRUE))
                .build();
    }

    @GuardedBy("lock")
    private void advance() {
        for (StreamedRequest head = owed.peek(); head != null && !ended; head = owed.peek()) {
            ModelStreamInferResponse answer = head.answer;
            ServingException failure = head.failure;
            if (answer == null) {
                return;
            }
            owed.poll();
            if (failure == null) {
                call.onNext(answer);
            } else {
                fail(failure);
            }
        }
        if (!ended && halfClosed) {
            ended = true;
            call.onCompleted();
        } else if (!ended && draining) {
            fail(new ServingException(ErrorCode.NOT_READY, OpenStreams.ENDING));
        }
    }

    @GuardedBy("lock")
    private void fail(ServingException cause) {
        ended = true;
        owed.clear();
        call.onError(GrpcErrors.refusal(cause));
    }
}
