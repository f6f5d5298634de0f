package dev.penstock.server.source.fetch;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.net.HttpCall;
import dev.penstock.server.source.net.HttpConnector;
import dev.penstock.server.source.net.HttpReply;
import dev.penstock.server.source.net.Redacted;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Gets what is at URIs, over redirects, each of which is judged like the first; credentials go to the
/// host they are for and no further. Thread-safe; blocks.
final class Web {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final HttpConnector connector;
    private final HeaderFiles headerFiles;

    Web(HttpConnector connector, HeaderFiles headerFiles) {
        this.connector = connector;
        this.headerFiles = headerFiles;
    }

    /// What to ask for.
    ///
    /// @param headers for every host on the way
    /// @param secrets headers for the first host alone
    record Wanted(URI uri, Map<String, String> headers, Map<String, String> secrets, Deadline deadline) {
        Wanted {
            headers = Map.copyOf(headers);
            secrets = Map.copyOf(secrets);
        }
    }

    /// @return the answer whatever its status, but no redirect
    @MustBeClosed
    @SuppressWarnings("MustBeClosed") // Handed on, or closed below.
    HttpReply get(Wanted wanted) throws IOException {
        HttpCall first = call(wanted.uri(), wanted, true);
        HttpCall next = first;
        for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
            HttpReply reply = connector.send(next);
            if (!REDIRECTS.contains(reply.status())) {
                return reply;
            }
            reply.close();
            URI target = target(next.uri(), reply.header("location"));
            HttpCall plain = call(target, wanted, false);
            next = plain.sameOrigin(first) ? call(target, wanted, true) : plain;
        }
        throw new FetchException(
                Reason.UNREACHABLE, shown(wanted.uri()) + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpCall call(URI uri, Wanted wanted, boolean withSecrets) {
        Map<String, String> headers = new HashMap<>(Map.of("User-Agent", "penstock", "Accept-Encoding", "identity"));
        headers.putAll(wanted.headers());
        if (uri.getHost() != null) {
            headers.putAll(headerFiles.forHost(uri));
        }
        if (withSecrets) {
            headers.putAll(wanted.secrets());
        }
        return new HttpCall("GET", uri, headers, wanted.deadline());
    }

    private static URI target(URI from, String location) {
        try {
            URI to = from.resolve(location);
            if ("https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(to.getScheme())) {
                throw new FetchException(
                        Reason.REFUSED, shown(from) + " redirects to " + shown(to) + ", which is not encrypted");
            }
            return to;
        } catch (IllegalArgumentException e) {
            throw new FetchException(Reason.UNREACHABLE, shown(from) + " redirects to something that is no URI", e);
        }
    }

    /// What a status other than 200 and 206 means.
    ///
    /// @throws IOException if it may be another one a moment later
    static FetchException refusal(HttpReply reply) throws IOException {
        String what = shown(reply.uri()) + " answers with status " + reply.status();
        return switch (reply.status()) {
            case 404, 410 -> new FetchException(Reason.NOT_FOUND, what + ": there is nothing");
            case 401, 403 ->
                new FetchException(Reason.REFUSED, what + ": it wants other credentials; see sources.headers-folder");
            case 408, 425, 429, 500, 502, 503, 504 -> throw new IOException(what);
            default -> new FetchException(Reason.UNREACHABLE, what);
        };
    }

    static String shown(URI uri) {
        return Redacted.forMessage(uri.toString());
    }
}
