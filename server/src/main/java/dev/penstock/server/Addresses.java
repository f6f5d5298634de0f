package dev.penstock.server;

import dev.penstock.server.config.ServerConfig.Endpoint;

/// Where the doors are in the end, ports that the system chose included.
record Addresses(Endpoint http, Endpoint grpc, Endpoint metrics, Endpoint admin) {
    /// Where this machine itself reaches the endpoint.
    static Endpoint local(Endpoint endpoint) {
        return switch (endpoint.host()) {
            case "0.0.0.0", "127.0.0.1", "::", "::1" -> new Endpoint("localhost", endpoint.port());
            default -> endpoint;
        };
    }
}
