package dev.penstock.server.rest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// JSON as Jackson understands it, as a tree of [Fields], lists and [Scalar]s.
final class JsonTree {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /// An object, as it was written: a key may come twice.
    record Fields(List<Field> all) {}

    record Field(String key, Object value) {}

    record Scalar(JsonToken token, String text) {}

    private JsonTree() {}

    static Object parse(String text) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            Object value = value(json);
            if (json.nextToken() != null) {
                throw new StreamReadException(json, "more follows");
            }
            return value;
        }
    }

    private static Object value(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                List<Field> fields = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String key = unicode(json, json.currentName());
                    json.nextToken();
                    fields.add(new Field(key, value(json)));
                }
                yield new Fields(fields);
            }
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(json));
                }
                yield values;
            }
            case null -> throw new StreamReadException(json, "nothing");
            default -> scalar(json);
        };
    }

    private static Scalar scalar(JsonParser json) {
        Scalar scalar = new Scalar(json.currentToken(), unicode(json, json.getString()));
        boolean number = scalar.token() == JsonToken.VALUE_NUMBER_FLOAT || scalar.token() == JsonToken.VALUE_NUMBER_INT;
        boolean odd =
                number && !Character.isDigit(scalar.text().charAt(scalar.text().length() - 1));
        // Jackson also takes INF and signs before it.
        if (odd && !Set.of("NaN", "Infinity", "-Infinity").contains(scalar.text())) {
            throw new StreamReadException(json, "no number: " + scalar.text());
        }
        return scalar;
    }

    /// Half a surrogate pair is no text; Jackson passes it on.
    private static String unicode(JsonParser json, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new StreamReadException(json, "half a character");
        }
        return text;
    }
}
