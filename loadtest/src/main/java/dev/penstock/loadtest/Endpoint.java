package dev.penstock.loadtest;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/// Where a server listens, and which protocol it speaks there.
record Endpoint(Protocol protocol, String host, int port) {
    private static final String EXPECTED = " (expected: grpc://HOST[:PORT] or http://HOST[:PORT])";

    enum Protocol {
        GRPC(8001),
        HTTP(8000);

        private final int defaultPort;

        Protocol(int defaultPort) {
            this.defaultPort = defaultPort;
        }
    }

    /// @throws InputError if it is no such address
    static Endpoint parse(String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "grpc://" + text);
        } catch (IllegalArgumentException e) {
            throw new InputError("--url " + text + EXPECTED);
        }
        Protocol protocol = protocolOf(text, uri);
        String path = uri.getPath();
        if (uri.getHost() == null || (path != null && !path.isEmpty() && !path.equals("/"))) {
            throw new InputError("--url " + text + EXPECTED);
        }
        return new Endpoint(protocol, uri.getHost(), uri.getPort() < 0 ? protocol.defaultPort : uri.getPort());
    }

    private static Protocol protocolOf(String text, URI uri) {
        return switch (uri.getScheme()) {
            case "grpc" -> Protocol.GRPC;
            case "http" -> Protocol.HTTP;
            case "grpcs", "https" -> throw new InputError("--url " + text + ": TLS is not supported" + EXPECTED);
            default -> throw new InputError("--url " + text + EXPECTED);
        };
    }

    /// @param timeout of each question
    InferClient open(Duration timeout) {
        return switch (protocol) {
            case GRPC -> new GrpcInferClient(host, port, timeout);
            case HTTP -> new HttpInferClient(this, timeout);
        };
    }

    @Override
    public String toString() {
        return protocol.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port;
    }
}
