package dev.penstock.loadtest.input;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads and writes JSON. Numbers keep the digits they were written with; NaN and Infinity are bare words,
/// as the protocol's servers have them.
public final class Json {
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /// @param source where the text is from, for the message
    /// @throws InputError if it is no JSON
    public static JsonNode parse(String source, byte[] text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new InputError(source + " is not valid JSON: " + e.getOriginalMessage() + where(e));
        }
    }

    private static String where(JacksonException cause) {
        return cause.getLocation() == null
                ? ""
                : " (line " + cause.getLocation().getLineNr() + ", column "
                        + cause.getLocation().getColumnNr() + ")";
    }

    /// Adds what is in `data`, however deeply nested, to `flat` in row-major order.
    public static void flatten(JsonNode data, List<JsonNode> flat) {
        if (data.isArray()) {
            for (JsonNode element : data) {
                flatten(element, flat);
            }
        } else {
            flat.add(data);
        }
    }
}
