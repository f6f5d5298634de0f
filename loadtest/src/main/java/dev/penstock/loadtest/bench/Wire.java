package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.Protocol;

/// How requests travel and what they look like.
public enum Wire {
    GRPC("gRPC", Protocol.GRPC_UNARY),
    STREAM("gRPC stream", Protocol.GRPC_STREAM),
    JSON("REST JSON", Protocol.HTTP),
    BINARY("REST binary", Protocol.HTTP);

    private final String text;
    private final Protocol protocol;

    Wire(String text, Protocol protocol) {
        this.text = text;
        this.protocol = protocol;
    }

    public Protocol protocol() {
        return protocol;
    }

    @Override
    public String toString() {
        return text;
    }
}
