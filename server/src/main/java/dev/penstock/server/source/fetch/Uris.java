package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.net.Redacted;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Takes URIs apart and puts them together. Pure.
final class Uris {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):.*", Pattern.DOTALL);

    private Uris() {}

    /// @return lower case, or "" for a plain path
    static String scheme(String uri) {
        Matcher scheme = SCHEME.matcher(uri);
        return scheme.matches() ? scheme.group(1).toLowerCase(Locale.ROOT) : "";
    }

    /// Of several files, the path of each is put after it.
    static URI below(URI base, String path) {
        String text = base.toString();
        return parse((text.endsWith("/") ? text : text + "/") + encodedPath(path));
    }

    static URI parse(String uri) {
        try {
            URI parsed = new URI(uri);
            // A fragment is for whoever reads it, not for the server.
            int fragment = uri.indexOf('#');
            return fragment < 0 ? parsed : new URI(uri.substring(0, fragment));
        } catch (URISyntaxException e) {
            // Its own message quotes all of it.
            throw new FetchException(
                    Reason.REFUSED, "'%s' is no URI: %s".formatted(Redacted.forMessage(uri), e.getReason()));
        }
    }

    /// One segment of a path, or a value of a query.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String encodedPath(String path) {
        return Arrays.stream(path.split("/", -1)).map(Uris::encoded).collect(Collectors.joining("/"));
    }

    /// @param form what it should look like
    static Matcher match(Pattern pattern, String uri, String form) {
        Matcher matcher = pattern.matcher(uri);
        if (!matcher.matches()) {
            throw new FetchException(
                    Reason.REFUSED, "the URI '%s' (expected: %s)".formatted(Redacted.forMessage(uri), form));
        }
        return matcher;
    }
}
