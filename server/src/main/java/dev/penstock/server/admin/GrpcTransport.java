package dev.penstock.server.admin;

/// What carries the calls of the gRPC port.
public enum GrpcTransport {
    /// Our own door on Netty: inference costs it a fraction, but some refusals are worded otherwise.
    NETTY_DOOR,
    /// grpc-java's own server.
    GRPC_JAVA
}
