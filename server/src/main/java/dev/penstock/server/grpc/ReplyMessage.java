package dev.penstock.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.penstock.server.wire.ArmParameters;
import dev.penstock.server.wire.FeedbackTokens;
import org.jspecify.annotations.Nullable;

/// Turns the core's reply into the protocol's message. Outputs are views of the reply's memory; the transport
/// copies them once, into its own buffers.
final class ReplyMessage {
    /// A message's length is an `int`; this leaves room for names and shapes.
    private static final long MAX_OUTPUT_BYTES = Integer.MAX_VALUE - (1 << 20);

    private ReplyMessage() {}

    /// @param model the name that was called
    /// @param id the caller's own id of the request, or ""
    /// @param arm of a route that gave it, or null
    /// @throws ServingException if it is more than a message can hold
    static ModelInferResponse.Builder of(String model, String id, InferenceReply reply, @Nullable Assigned arm) {
        checkSize(reply);
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(model)
                .setModelVersion(Long.toString(reply.key().version()))
                .setId(id);
        if (!reply.feedbackToken().isEmpty()) {
            response.putParameters(
                    FeedbackTokens.PARAMETER,
                    InferParameter.newBuilder()
                            .setStringParam(reply.feedbackToken())
                            .build());
        }
        if (arm != null) {
            for (ArmParameters said : ArmParameters.of(arm)) {
                response.putParameters(
                        said.name(),
                        InferParameter.newBuilder().setStringParam(said.value()).build());
            }
        }
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
        return response;
    }

    private static void checkSize(InferenceReply reply) {
        long bytes = 0;
        for (Tensor output : reply.outputs()) {
            bytes += output.byteCount();
        }
        if (bytes > MAX_OUTPUT_BYTES) {
            throw new ServingException(
                    ErrorCode.TOO_LARGE,
                    "the outputs have " + bytes + " bytes (expected: at most " + MAX_OUTPUT_BYTES + ")");
        }
    }
}
