package dev.penstock.loadtest.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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

    /// @return a copy in the same order, each only once
    static List<String> checked(List<String> names) {
        names.forEach(HeaderNames::check);
        return names.stream().distinct().toList();
    }

    private static void check(String name, String value) {
        check(name);
        if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("value of header " + name + " (expected: printable ASCII)");
        }
        try {
            VaryingValue _ = VaryingValue.of(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("value of header " + name + ": " + e.getMessage(), e);
        }
    }

    private static void check(String name) {
        if (name.isEmpty() || !name.chars().allMatch(HeaderNames::isNameCharacter)) {
            throw new IllegalArgumentException(
                    "header name: '" + name + "' (expected: lower-case letters, digits, '-', '_' or '.')");
        }
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    }
}
