package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/// Reads single values of a request's JSON, and says which field was wrong and what was expected. Fields are named as
/// messages show them, quotes included.
final class RequestJson {
    private static final int MAX_VALUE_CHARS = 40;

    private RequestJson() {}

    static void expect(JsonParser json, JsonToken wanted, String field, String expected) {
        if (json.currentToken() != wanted) {
            throw wrong(json, field, expected);
        }
    }

    static String text(JsonParser json, String field) {
        expect(json, JsonToken.VALUE_STRING, field, "a string");
        return json.getString();
    }

    static boolean bool(JsonParser json, String field) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong(json, field, "true or false");
        };
    }

    static long integer(JsonParser json, String field) {
        String expected = "an integer of 64 bits";
        expect(json, JsonToken.VALUE_NUMBER_INT, field, expected);
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw wrong(json, field, expected);
        }
        return json.getLongValue();
    }

    static ServingException wrong(JsonParser json, String field, String expected) {
        return ServingException.invalid(
                "Unable to parse %s: %s (expected: %s)".formatted(field, shown(json), expected));
    }

    /// The value the parser is at, as it may be repeated in a message.
    static String shown(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> '"' + HeaderText.shorten(json.getString(), MAX_VALUE_CHARS) + '"';
            case null -> "nothing";
            default -> HeaderText.shorten(json.getString(), MAX_VALUE_CHARS);
        };
    }

    static ServingException malformed(JacksonException cause) {
        TokenStreamLocation at = cause.getLocation();
        String where = at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        return ServingException.invalid("Unable to parse the request's JSON%s: %s"
                .formatted(where, HeaderText.quote(String.valueOf(cause.getOriginalMessage()))));
    }
}
