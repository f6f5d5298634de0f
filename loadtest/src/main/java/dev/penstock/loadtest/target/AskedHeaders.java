package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.InputError;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Headers that somebody wants to be sent with a question. Pure.
public final class AskedHeaders {
    private static final String CONNECTION = "it is about the connection";
    private static final String BODY = "the client says how long and of what kind the body is";
    private static final String SERVER = "the client says by it whom it asks, as in --url";
    private static final String TIMEOUT = "--timeout says it";

    /// Those that the JDK's client sends itself or refuses, and those that would take a request apart.
    private static final Map<String, String> OF_HTTP = Map.ofEntries(
            Map.entry("connection", CONNECTION),
            Map.entry("expect", CONNECTION),
            Map.entry("keep-alive", CONNECTION),
            Map.entry("te", CONNECTION),
            Map.entry("trailer", CONNECTION),
            Map.entry("transfer-encoding", CONNECTION),
            Map.entry("upgrade", CONNECTION),
            Map.entry("content-length", BODY),
            Map.entry("content-type", BODY),
            Map.entry("inference-header-content-length", BODY),
            Map.entry("host", SERVER));

    /// Those that grpc-java drops or sends itself, and those that HTTP/2 forbids.
    private static final Map<String, String> OF_GRPC = Map.ofEntries(
            Map.entry("connection", CONNECTION),
            Map.entry("keep-alive", CONNECTION),
            Map.entry("proxy-connection", CONNECTION),
            Map.entry("te", CONNECTION),
            Map.entry("transfer-encoding", CONNECTION),
            Map.entry("upgrade", CONNECTION),
            Map.entry("user-agent", CONNECTION),
            Map.entry("content-length", BODY),
            Map.entry("content-type", BODY),
            Map.entry("grpc-encoding", BODY),
            Map.entry("grpc-accept-encoding", BODY),
            Map.entry("host", SERVER),
            Map.entry("grpc-timeout", TIMEOUT));

    /// What a load may say otherwise, as its client sends what it is given.
    private static final Set<String> FREE_FOR_LOADS = Set.of("host", "user-agent", "grpc-timeout");

    private AskedHeaders() {}

    /// Why requests of a load cannot have a header. Whether it looks like one is for
    /// [dev.penstock.loadtest.engine.Payload] to say.
    ///
    /// @param name in whatever case
    public static Optional<String> refusal(TargetProtocol protocol, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Map<String, String> own = protocol.isGrpc() ? OF_GRPC : OF_HTTP;
        return FREE_FOR_LOADS.contains(lower)
                ? Optional.empty()
                : Optional.ofNullable(own.get(lower)).map(AskedHeaders::withExpected);
    }

    private static String withExpected(String own) {
        return own + " (expected: a header that says something about the request)";
    }

    /// @param option where they are from, for the message: `--header`
    /// @return by lower-case name
    /// @throws InputError if one cannot be sent
    public static Map<String, String> checked(String option, Endpoint endpoint, Map<String, String> asked) {
        Map<String, String> own = endpoint.protocol() == Endpoint.Protocol.GRPC ? OF_GRPC : OF_HTTP;
        Map<String, String> checked = new TreeMap<>();
        asked.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            check("%s %s=%s".formatted(option, name, value), name, value, own.get(lower));
            checked.put(lower, value);
        });
        return checked;
    }

    /// @param own why the client keeps it for itself; null if it does not
    private static void check(String where, String name, String value, @Nullable String own) {
        if (!name.matches("[0-9A-Za-z_.-]+") || !value.matches("[ -~]*")) {
            throw new InputError(where + " (expected: letters, digits, '-', '_' and '.', then ASCII)");
        }
        if (own != null) {
            throw new InputError(where + ": " + withExpected(own));
        }
    }
}
