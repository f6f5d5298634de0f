package dev.penstock.router.split;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds a request's unit in what its headers say.
final class UnitFinder {
    static final String AUTHORIZATION = "authorization";
    static final String COOKIE = "cookie";

    private static final String BEARER = "bearer ";

    private UnitFinder() {}

    /// @return null or "" if the request has none there
    static @Nullable CharSequence find(UnitSource source, RequestFacts facts) {
        return switch (source.kind()) {
            case HEADER -> facts.header(source.name());
            case PARAMETER -> facts.parameter(source.name());
            case REQUEST_ID -> facts.requestId();
            case COOKIE -> cookie(facts.header(COOKIE), source.name());
            case JWT_CLAIM -> claim(facts.header(AUTHORIZATION), source.name());
        };
    }

    /// The headers that a source looks into.
    static List<String> headersOf(UnitSource source) {
        return switch (source.kind()) {
            case HEADER -> List.of(source.name());
            case COOKIE -> List.of(COOKIE);
            case JWT_CLAIM -> List.of(AUTHORIZATION);
            case REQUEST_ID -> RequestFacts.ID_HEADERS;
            case PARAMETER -> List.of();
        };
    }

    /// Looks at each character once or twice, however they are arranged.
    private static @Nullable CharSequence cookie(@Nullable CharSequence header, String name) {
        if (header == null) {
            return null;
        }
        int length = header.length();
        int start = 0;
        int equals = -1;
        for (int at = 0; at <= length; at++) {
            char c = at < length ? header.charAt(at) : ';';
            if (c == '=' && equals < 0) {
                equals = at;
            } else if (c == ';') {
                if (equals >= 0 && is(header, start, equals, name)) {
                    return header.subSequence(equals + 1, at).toString().strip();
                }
                start = at + 1;
                equals = -1;
            }
        }
        return null;
    }

    /// Whether that part of the header is the name, but for blanks around it.
    private static boolean is(CharSequence header, int from, int to, String name) {
        int start = from;
        while (start < to && Character.isWhitespace(header.charAt(start))) {
            start++;
        }
        int end = to;
        while (end > start && Character.isWhitespace(header.charAt(end - 1))) {
            end--;
        }
        return end - start == name.length() && CharSequence.compare(header.subSequence(start, end), name) == 0;
    }

    private static @Nullable CharSequence claim(@Nullable CharSequence header, String name) {
        if (header == null) {
            return null;
        }
        String text = header.toString();
        boolean bearer = text.regionMatches(true, 0, BEARER, 0, BEARER.length());
        return bearer ? JwtClaim.of(text.substring(BEARER.length()).strip(), name) : null;
    }
}
