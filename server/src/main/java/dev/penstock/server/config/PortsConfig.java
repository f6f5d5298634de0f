package dev.penstock.server.config;

import dev.penstock.core.Check;
import dev.penstock.server.config.ServerConfig.Endpoint;

/// Where the server is asked, and the largest requests that it takes there. No two share a port.
public record PortsConfig(
        ServerConfig.Http http, ServerConfig.Grpc grpc, ServerConfig.Metrics metrics, Endpoint admin) {
    public PortsConfig {
        checkDiffer("http", http.endpoint(), "grpc", grpc.endpoint());
        checkDiffer("http", http.endpoint(), "metrics", metrics.endpoint());
        checkDiffer("http", http.endpoint(), "admin", admin);
        checkDiffer("grpc", grpc.endpoint(), "metrics", metrics.endpoint());
        checkDiffer("grpc", grpc.endpoint(), "admin", admin);
        checkDiffer("metrics", metrics.endpoint(), "admin", admin);
    }

    /// The largest request that any door takes.
    public long largestRequestBytes() {
        return Math.max(http.maxBodyBytes(), grpc.maxMessageBytes());
    }

    private static void checkDiffer(String name, Endpoint endpoint, String otherName, Endpoint other) {
        boolean clash = endpoint.port() != 0
                && endpoint.port() == other.port()
                && (endpoint.host().equals(other.host()) || isAny(endpoint) || isAny(other));
        Check.argument(!clash, "%s.port: %d (expected: not the same as %s.port)", otherName, other.port(), name);
    }

    private static boolean isAny(Endpoint endpoint) {
        return endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::");
    }
}
