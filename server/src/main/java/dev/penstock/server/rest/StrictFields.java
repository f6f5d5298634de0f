package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads JSON objects of which every field is known: one that would be ignored would leave the caller with
/// something else than it asked for. Pure.
final class StrictFields {
    private StrictFields() {}

    /// Calls `field` with the parser at the value of each field. An empty text has none.
    ///
    /// @throws ServingException if it is no such JSON
    static void read(ByteBuf text, List<String> known, BiConsumer<String, JsonParser> field) {
        Utf8.check(text, text.readerIndex(), text.readableBytes());
        try (JsonParser json = Json.parser(text, text.readerIndex(), text.readableBytes())) {
            if (json.nextToken() == null) {
                return;
            }
            object(json, "", known, field);
            if (json.nextToken() != null) {
                throw ServingException.invalid("Unable to parse the request: more follows after the object");
            }
        } catch (JacksonException e) {
            throw RequestJson.malformed(e);
        }
    }

    /// The object that the parser is at.
    ///
    /// @param name of the field that holds it, or ""
    static void object(JsonParser json, String name, List<String> known, BiConsumer<String, JsonParser> field) {
        RequestJson.expect(
                json, JsonToken.START_OBJECT, name.isEmpty() ? "the request" : "'" + name + "'", "an object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (!known.contains(key)) {
                throw ServingException.invalid("field '%s%s' is unknown (expected: %s)%s"
                        .formatted(
                                name.isEmpty() ? "" : name + ".",
                                HeaderText.quote(key),
                                known.isEmpty() ? "none" : String.join(", ", known),
                                Nearest.hint(key, known)));
            }
            json.nextToken();
            field.accept(key, json);
        }
    }

    /// The fields of the object that the parser is at, whatever they are called.
    static <T> Map<String, T> map(JsonParser json, String name, Value<T> value) {
        RequestJson.expect(json, JsonToken.START_OBJECT, "'" + name + "'", "an object");
        Map<String, T> map = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            map.put(key, value.read(json, "'%s.%s'".formatted(name, HeaderText.quote(key))));
        }
        return map;
    }

    /// Reads one value that the parser is at.
    interface Value<T> {
        /// @param field for messages, quotes included
        T read(JsonParser json, String field);
    }
}
