package dev.penstock.server.admin;

/// What carries the calls of the gRPC port.
public enum GrpcTransport {
    /// Our own door on Netty: inference costs it a fraction. Calls that break gRPC itself, by an unknown
    /// encoding or a second message, are refused with the same codes in other words.
    NETTY_DOOR,
    /// grpc-java's own server.
    GRPC_JAVA
}
