package dev.penstock.server.source.net;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// A request without a body.
///
/// @param uri `http` or `https`, with a host and without a user
/// @param headers by name; `Host`, `Connection` and those about a body are not among them
/// @param deadline when all of the answer must be there, on the clock of [HttpConnector]
public record HttpCall(String method, URI uri, Map<String, String> headers, Deadline deadline) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");

    public HttpCall {
        headers = Map.copyOf(headers);
        String shown = Redacted.forMessage(uri.toString());
        require(isHttp(uri), "the URI '%s' is not one of http or https with a host", shown);
        require(uri.getRawUserInfo() == null, "the URI '%s' has credentials in it; put them into a header file", shown);
        headers.forEach((name, value) -> require(
                NAME.matcher(name).matches() && VALUE.matcher(value).matches(),
                "the header '%s' for %s has characters that no header may have",
                name,
                shown));
    }

    private static boolean isHttp(URI uri) {
        return uri.getHost() != null && ("http".equals(schemeOf(uri)) || "https".equals(schemeOf(uri)));
    }

    @FormatMethod
    private static void require(boolean ok, @FormatString String message, Object... values) {
        if (!ok) {
            throw new FetchException(Reason.REFUSED, message.formatted(values));
        }
    }

    static String schemeOf(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    boolean encrypted() {
        return schemeOf(uri).equals("https");
    }

    int port() {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return encrypted() ? 443 : 80;
    }

    /// Whether credentials for the one may be sent to the other.
    public boolean sameOrigin(HttpCall other) {
        return schemeOf(uri).equals(schemeOf(other.uri))
                && uri.getHost().equalsIgnoreCase(other.uri.getHost())
                && port() == other.port();
    }
}
