package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.wire.HeaderText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The parameters of a query, each at most once. Pure.
final class QueryText {
    private final Map<String, String> values;

    private QueryText(Map<String, String> values) {
        this.values = values;
    }

    /// @param query as it was sent, without the question mark
    /// @param known all that mean something
    /// @throws ServingException if there is another one, one is there twice, or it is not percent-encoded UTF-8
    static QueryText parse(String query, List<String> known) {
        Map<String, String> values = new HashMap<>();
        for (String pair : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
            int equals = pair.indexOf('=');
            String name = PathSegments.decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0
                    ? ""
                    : PathSegments.decode(pair.substring(equals + 1).replace('+', ' '));
            if (!known.contains(name)) {
                String expected = known.isEmpty() ? "none" : String.join(", ", known);
                throw ServingException.invalid("query parameter '%s' is unknown (expected: %s)%s"
                        .formatted(HeaderText.quote(name), expected, Nearest.hint(name, known)));
            }
            if (values.put(name, value) != null) {
                throw ServingException.invalid("query parameter '%s' is there twice (expected: once)".formatted(name));
            }
        }
        return new QueryText(values);
    }

    String text(String name) {
        return values.getOrDefault(name, "");
    }

    /// Whether it says so; not if it is not there.
    ///
    /// @throws ServingException if it is neither `true` nor `false`
    boolean flag(String name) {
        String text = text(name);
        if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
            throw ServingException.invalid(
                    "query parameter '%s': '%s' (expected: true or false)".formatted(name, HeaderText.quote(text)));
        }
        return text.equals("true");
    }

    /// @throws ServingException if it is not a number of that range
    long number(String name, long least, long most, long fallback) {
        String text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number out of range.
        }
        throw ServingException.invalid(
                "query parameter '%s': '%s' (expected: %d to %d)".formatted(name, HeaderText.quote(text), least, most));
    }
}
