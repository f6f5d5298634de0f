package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.Protocol;
import dev.penstock.loadtest.scenario.Connecting;
import dev.penstock.loadtest.scenario.ScenarioError;

/// How the requests that may be under way are spread over connections.
///
/// @param streams per connection
/// @param inFlight per stream
record Places(int connections, int streams, int inFlight) {
    /// Connections of gRPC if nobody says how many: servers spread work by connection.
    private static final int GRPC_CONNECTIONS = 16;

    /// Requests of an open loop that may be under way if nobody says how many.
    private static final int GRPC_IN_FLIGHT = 1024;

    private static final int HTTP_IN_FLIGHT = 128;

    /// @param concurrency of a closed loop
    /// @throws ScenarioError if the connections that were asked for cannot carry it
    static Places closed(int concurrency, Protocol protocol, Connecting asked) {
        return of(concurrency, "concurrency " + concurrency, protocol, asked);
    }

    /// For an open loop.
    static Places open(Protocol protocol, Connecting asked) {
        int connections = asked.connections().orElse(0);
        int common = protocol == Protocol.HTTP
                ? Math.max(connections, HTTP_IN_FLIGHT)
                : Math.max(1, Math.ceilDiv(GRPC_IN_FLIGHT, Math.max(1, connections))) * Math.max(1, connections);
        int usual = protocol == Protocol.HTTP && connections > 0 ? connections : common;
        int inFlight = asked.inFlight().orElse(usual);
        return of(inFlight, "in-flight " + inFlight, protocol, asked);
    }

    private static Places of(int all, String what, Protocol protocol, Connecting asked) {
        int connections = asked.connections().orElseGet(() -> usual(all, protocol));
        boolean fits = protocol == Protocol.HTTP ? connections == all : all % connections == 0;
        if (!fits) {
            throw new ScenarioError("connections: " + connections + " (expected: "
                    + (protocol == Protocol.HTTP
                            ? all + ", as HTTP carries one request at a time on each and there is " + what
                            : "a divisor of " + what)
                    + ")");
        }
        int each = all / connections;
        return switch (protocol) {
            case GRPC_UNARY -> new Places(connections, each, 1);
            case GRPC_STREAM -> new Places(connections, 1, each);
            case HTTP -> new Places(connections, 1, 1);
        };
    }

    /// The divisor that is nearest to the usual number, by ratio.
    private static int usual(int all, Protocol protocol) {
        if (protocol == Protocol.HTTP) {
            return all;
        }
        int nearest = all;
        for (int divisor = 1; divisor <= Math.min(all, GRPC_CONNECTIONS * GRPC_CONNECTIONS); divisor++) {
            if (all % divisor == 0 && distance(divisor) < distance(nearest)) {
                nearest = divisor;
            }
        }
        return nearest;
    }

    private static double distance(int connections) {
        return Math.abs(Math.log((double) connections / GRPC_CONNECTIONS));
    }
}
