package dev.penstock.loadtest.replay;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which headers a recorded request is sent with. Pure.
final class ReplayHeaders {
    /// What was said of a connection, a body or a trace, and not of the request.
    private static final Set<String> OF_THAT_TIME = Set.of(
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "inference-header-content-length",
            "keep-alive",
            "te",
            "trailer",
            "traceparent",
            "tracestate",
            "transfer-encoding",
            "upgrade",
            "user-agent");

    /// What was said to that server in confidence: the one that is asked now may be somebody else's.
    private static final Set<String> IN_CONFIDENCE = Set.of("authorization", "cookie", "proxy-authorization");

    private ReplayHeaders() {}

    /// @param recorded by lower-case name
    /// @param instead that somebody asks for; of two of one name this counts
    static Map<String, String> of(Map<String, String> recorded, Map<String, String> instead) {
        Map<String, String> sent = new HashMap<>();
        recorded.forEach((name, value) -> {
            if (isOfTheRequest(name)) {
                sent.put(name, value);
            }
        });
        instead.forEach((name, value) -> sent.put(name.toLowerCase(Locale.ROOT), value));
        return sent;
    }

    private static boolean isOfTheRequest(String name) {
        return !OF_THAT_TIME.contains(name)
                && !IN_CONFIDENCE.contains(name)
                && !name.startsWith("grpc-")
                && !name.startsWith(":");
    }
}
