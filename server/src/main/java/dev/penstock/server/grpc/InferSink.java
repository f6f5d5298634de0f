package dev.penstock.server.grpc;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/// Encodes one outcome on the thread that brings it.
final class InferSink implements ReplySink {
    private static final System.Logger LOG = System.getLogger(InferSink.class.getName());

    private final ModelInferRequest request;
    private final String model;
    private final Exposure exposure;
    private final ServerCallStreamObserver<ModelInferResponse> observer;

    InferSink(ModelInferRequest request, Exposure exposure, ServerCallStreamObserver<ModelInferResponse> observer) {
        this.request = request;
        this.model = request.getModelName();
        this.exposure = exposure;
        this.observer = observer;
        // With a handler, answering a cancelled call is no error; abandoned() is what asks.
        observer.setOnCancelHandler(() -> {});
    }

    @Override
    public void assigned(Assigned arm) {
        exposure.arm(arm);
    }

    @Override
    public void resolved(ModelKey key) {
        exposure.version(key.version());
    }

    @Override
    public void reply(InferenceReply reply) {
        try {
            exposure.feedbackToken(reply.feedbackToken());
            observer.onNext(ReplyMessage.of(model, request.getId(), reply, exposure.arm())
                    .build());
            observer.onCompleted();
        } catch (ServingException e) {
            fail(e.code(), e.reason());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "answering for " + reply.key() + " failed", e);
            fail(ErrorCode.INTERNAL, "answering for model '" + model + "' failed; see the server's log");
        }
    }

    @Override
    public void fail(ErrorCode code, String message) {
        try {
            observer.onError(GrpcErrors.refusal(code, message));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "refusing a request to '" + model + "' failed", e);
        }
    }

    @Override
    public boolean abandoned() {
        return observer.isCancelled();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return exposure.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return Parameters.text(request, name);
    }
}
