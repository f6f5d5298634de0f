package dev.penstock.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import io.grpc.stub.ServerCallStreamObserver;

/// Encodes one outcome on the thread that brings it.
///
/// Outputs go out as views of the reply's memory; the transport copies them once, into its own buffers.
final class InferSink implements ReplySink {
    private static final System.Logger LOG = System.getLogger(InferSink.class.getName());

    /// A message's length is an `int`; this leaves room for names and shapes.
    private static final long MAX_OUTPUT_BYTES = Integer.MAX_VALUE - (1 << 20);

    private final String model;
    private final String id;
    private final Exposure exposure;
    private final ServerCallStreamObserver<ModelInferResponse> observer;

    /// @param model the name that was called
    /// @param id the caller's own id of the request, or ""
    InferSink(String model, String id, Exposure exposure, ServerCallStreamObserver<ModelInferResponse> observer) {
        this.model = model;
        this.id = id;
        this.exposure = exposure;
        this.observer = observer;
        // With a handler, answering a cancelled call is no error; abandoned() is what asks.
        observer.setOnCancelHandler(() -> {});
    }

    @Override
    public void resolved(ModelKey key) {
        exposure.version(key.version());
    }

    @Override
    public void reply(InferenceReply reply) {
        long bytes = 0;
        for (Tensor output : reply.outputs()) {
            bytes += output.byteCount();
        }
        if (bytes > MAX_OUTPUT_BYTES) {
            fail(
                    ErrorCode.TOO_LARGE,
                    "the outputs have " + bytes + " bytes (expected: at most " + MAX_OUTPUT_BYTES + ")");
            return;
        }
        try {
            observer.onNext(encode(reply));
            observer.onCompleted();
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

    private ModelInferResponse encode(InferenceReply reply) {
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(model)
                .setModelVersion(Long.toString(reply.key().version()))
                .setId(id);
        for (Tensor output : reply.outputs()) {
            InferOutputTensor.Builder tensor = response.addOutputsBuilder()
                    .setName(output.name())
                    .setDatatype(output.type().name());
            Shape shape = output.shape();
            for (int i = 0; i < shape.rank(); i++) {
                tensor.addShape(shape.dim(i));
            }
            response.addRawOutputContents(UnsafeByteOperations.unsafeWrap(output.data()));
        }
        return response.build();
    }
}
