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

    private static @Nullable CharSequence cookie(@Nullable CharSequence header, String name) {
        if (header == null) {
            return null;
        }
        String cookies = header.toString();
        int at = 0;
        while (at < cookies.length()) {
            int semicolon = cookies.indexOf(';', at);
            int end = semicolon < 0 ? cookies.length() : semicolon;
            int equals = cookies.indexOf('=', at);
            if (equals >= 0
                    && equals < end
                    && cookies.substring(at, equals).strip().equals(name)) {
                return cookies.substring(equals + 1, end).strip();
            }
            at = end + 1;
        }
        return null;
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
