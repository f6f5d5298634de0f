package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.InputError;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/// Where a server listens, and which protocol it speaks there.
public record Endpoint(Protocol protocol, String host, int port) {
    private static final String EXPECTED = " (expected: grpc://HOST[:PORT] or http://HOST[:PORT])";

    public enum Protocol {
        GRPC(8001),
        HTTP(8000);

        private final int defaultPort;

        Protocol(int defaultPort) {
            this.defaultPort = defaultPort;
        }
    }

    /// @param option where the address is from, for the message: `--url`
    /// @throws InputError if it is no such address
    public static Endpoint parse(String option, String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "grpc://" + text);
        } catch (IllegalArgumentException e) {
            throw new InputError(option + " " + text + EXPECTED);
        }
        Protocol protocol = protocolOf(option, text, uri);
        String path = uri.getPath();
        if (uri.getHost() == null || (path != null && !path.isEmpty() && !path.equals("/"))) {
            throw new InputError(option + " " + text + EXPECTED);
        }
        return new Endpoint(protocol, uri.getHost(), uri.getPort() < 0 ? protocol.defaultPort : uri.getPort());
    }

    private static Protocol protocolOf(String option, String text, URI uri) {
        return switch (uri.getScheme()) {
            case "grpc" -> Protocol.GRPC;
            case "http" -> Protocol.HTTP;
            case "grpcs", "https" -> throw new InputError(option + " " + text + ": TLS is not supported" + EXPECTED);
            default -> throw new InputError(option + " " + text + EXPECTED);
        };
    }

    /// Where it listens, its name looked up.
    ///
    /// @throws InputError if nobody has that name
    public InetSocketAddress address() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new InputError(
                    "the host '" + host + "' is not known (expected: a name or an address, such as localhost)");
        }
        return address;
    }

    /// @param timeout of each question
    public InferClient open(Duration timeout) {
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
