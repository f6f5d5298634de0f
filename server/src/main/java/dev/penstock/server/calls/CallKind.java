package dev.penstock.server.calls;

/// By which way a call came.
public enum CallKind {
    GRPC("grpc", "inference.GRPCInferenceService/ModelInfer"),
    GRPC_STREAM("grpc-stream", "inference.GRPCInferenceService/ModelStreamInfer"),
    HTTP("http", "POST /v2/models/{model}/infer"),
    HTTP_V1("http-v1", "POST /v1/models/{model}:predict");

    private final String transport;
    private final String operation;

    CallKind(String transport, String operation) {
        this.transport = transport;
        this.operation = operation;
    }

    /// One word, as logs have it.
    public String transport() {
        return transport;
    }

    /// What was called, the same for all calls of the kind.
    public String operation() {
        return operation;
    }
}
