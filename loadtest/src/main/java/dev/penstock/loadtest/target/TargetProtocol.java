package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.Protocol;
import dev.penstock.loadtest.input.InputError;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// How a model is asked.
public enum TargetProtocol {
    /// Open Inference Protocol v2, a gRPC call for each request.
    GRPC(Protocol.GRPC_UNARY),
    /// Open Inference Protocol v2, many requests on each ModelStreamInfer.
    GRPC_STREAM(Protocol.GRPC_STREAM),
    /// Open Inference Protocol v2, JSON.
    REST(Protocol.HTTP),
    /// Open Inference Protocol v2, JSON with tensors in binary.
    REST_BINARY(Protocol.HTTP),
    /// `/v1/models/MODEL:predict`, as TensorFlow Serving and KServe have it.
    V1(Protocol.HTTP);

    private final Protocol wire;

    TargetProtocol(Protocol wire) {
        this.wire = wire;
    }

    /// What the engine speaks for it.
    public Protocol wire() {
        return wire;
    }

    boolean isGrpc() {
        return wire != Protocol.HTTP;
    }

    /// The one that an address stands for if nothing else is said.
    public static TargetProtocol of(Endpoint endpoint) {
        return switch (endpoint.protocol()) {
            case GRPC -> GRPC;
            case HTTP -> REST;
        };
    }

    /// Reads `grpc`, `grpc-stream`, `rest`, `rest-binary` or `v1`.
    ///
    /// @throws InputError if it is none of them
    public static TargetProtocol parse(String text) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.toString().equals(text.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new InputError("protocol: '" + text + "' (expected: one of "
                        + Arrays.stream(values()).map(TargetProtocol::toString).collect(Collectors.joining(", "))
                        + ")"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
