package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import java.nio.charset.StandardCharsets;

/// Says what is wrong with JSON text, and where. Pure.
final class JsonFaults {
    private static final int MAX_VALUE_CHARS = 40;

    /// More of a value is not looked at, since no more of it is shown.
    private static final int MAX_SHOWN_BYTES = 200;

    private JsonFaults() {}

    /// @param field as messages show it, quotes included
    /// @param shown the value that is there, see [#shown]
    static ServingException wrong(String field, String shown, String expected) {
        return ServingException.invalid("Unable to parse %s: %s (expected: %s)".formatted(field, shown, expected));
    }

    static ServingException missing(String field, String where) {
        return ServingException.invalid("Unable to parse '%s'%s: it is missing".formatted(field, where));
    }

    /// @param key that a request or one of its parts has twice
    static ServingException duplicate(String key, String where) {
        return ServingException.invalid("Duplicate key '%s' in %s (expected: once)".formatted(key, where));
    }

    /// @param from where the text begins
    /// @param at where it ceases to be JSON
    static ServingException malformed(byte[] text, int from, int at, int limit, String expected) {
        if (!Utf8.isText(text, from, limit)) {
            return ServingException.invalid("Unable to parse the request's JSON: it is not UTF-8");
        }
        int line = 1;
        int lineFrom = from;
        for (int i = from; i < at; i++) {
            if (text[i] == '\n') {
                line++;
                lineFrom = i + 1;
            }
        }
        return ServingException.invalid("Unable to parse the request's JSON at line %d, column %d: %s (expected: %s)"
                .formatted(line, at - lineFrom + 1, shown(text, at, limit), expected));
    }

    /// The value that begins at `at`, as it may be repeated in a message.
    static String shown(byte[] text, int at, int limit) {
        if (at >= limit) {
            return "nothing";
        }
        return switch (text[at]) {
            case '{' -> "an object";
            case '[' -> "an array";
            case '"' -> '"' + HeaderText.shorten(string(text, at + 1, limit), MAX_VALUE_CHARS) + '"';
            default -> HeaderText.shorten(word(text, at, limit), MAX_VALUE_CHARS);
        };
    }

    /// What stands between quotes, as it was written.
    private static String string(byte[] text, int from, int limit) {
        int end = from;
        while (end < limit && end - from < MAX_SHOWN_BYTES && text[end] != '"') {
            end += text[end] == '\\' ? 2 : 1;
        }
        return new String(text, from, Math.min(end, limit) - from, StandardCharsets.UTF_8);
    }

    private static String word(byte[] text, int from, int limit) {
        int end = from + 1;
        while (end < limit && end - from < MAX_SHOWN_BYTES && ",]}:[{\" \n\r\t".indexOf(text[end]) < 0) {
            end++;
        }
        return new String(text, from, end - from, StandardCharsets.UTF_8);
    }
}
