package dev.penstock.loadtest.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a header may look like that somebody wants to be sent.
final class HeaderNames {
    private HeaderNames() {}

    /// @return a copy in the same order
    /// @throws IllegalArgumentException for what would break a request apart
    static Map<String, String> checked(Map<String, String> headers) {
        headers.forEach(HeaderNames::check);
        return Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    private static void check(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(HeaderNames::isNameCharacter)) {
            throw new IllegalArgumentException(
                    "header name: '" + name + "' (expected: lower-case letters, digits, '-', '_' or '.')");
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("value of header " + name + " (expected: printable ASCII)");
        }
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    }
}
