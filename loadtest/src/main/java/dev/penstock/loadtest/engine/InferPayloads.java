package dev.penstock.loadtest.engine;

import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Makes payloads of the Open Inference Protocol.
public final class InferPayloads {
    private static final String JSON_LENGTH = "inference-header-content-length";
    private static final String CONTENT_TYPE = "content-type";

    private InferPayloads() {}

    /// For [Protocol#GRPC_UNARY]: ModelInfer. Answers are ModelInferResponse messages.
    public static Payload unary(ModelInferRequest request) {
        return Payload.of(
                "/" + GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName(),
                Map.of(),
                request.toByteArray());
    }

    /// For [Protocol#GRPC_STREAM]: ModelStreamInfer. Answers are ModelStreamInferResponse messages.
    public static Payload streamed(ModelInferRequest request) {
        return Payload.of(
                "/" + GRPCInferenceServiceGrpc.getModelStreamInferMethod().getFullMethodName(),
                Map.of(),
                request.toByteArray());
    }

    /// For [Protocol#HTTP]: all of it JSON.
    ///
    /// @param version empty for the one the server chooses
    public static Payload json(String model, String version, String json) {
        return Payload.of(
                path(model, version), Map.of(CONTENT_TYPE, "application/json"), json.getBytes(StandardCharsets.UTF_8));
    }

    /// For [Protocol#HTTP]: JSON followed by tensors in binary.
    ///
    /// @param version empty for the one the server chooses
    /// @param json says `binary_data_size` of each tensor
    /// @param tensors their bytes, one after the other
    public static Payload binary(String model, String version, String json, byte[] tensors) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[head.length + tensors.length];
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(tensors, 0, body, head.length, tensors.length);
        Map<String, String> headers =
                Map.of(CONTENT_TYPE, "application/octet-stream", JSON_LENGTH, Integer.toString(head.length));
        return Payload.of(path(model, version), headers, body);
    }

    private static String path(String model, String version) {
        return "/v2/models/" + model + (version.isEmpty() ? "" : "/versions/" + version) + "/infer";
    }
}
