package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the `data` of one input: numbers, booleans or strings, flat or nested, in row-major order. How it is nested
/// does not matter, only how many elements there are.
final class JsonTensorReader {
    private static final int MAX_DEPTH = 16;

    private final String input;
    private final Shape shape;
    private final long elements;

    /// @param input the input's name, for messages
    /// @param elements the product of `shape`
    JsonTensorReader(String input, Shape shape, long elements) {
        this.input = input;
        this.shape = shape;
        this.elements = elements;
    }

    /// @param json at the beginning of the array; afterwards at its end
    /// @param textBytes no fewer than the array takes
    /// @return the elements, little-endian
    ByteBuffer read(JsonParser json, DataType type, int textBytes) {
        return type.hasFixedSize() ? readFixed(json, type, textBytes) : readStrings(json);
    }

    private ByteBuffer readFixed(JsonParser json, DataType type, int textBytes) {
        JsonElements codec = JsonElements.of(type);
        // An element takes two bytes of text or more, so a shape alone makes nobody reserve memory.
        long room = Math.min(elements, textBytes / 2 + 1L) * type.byteSize();
        if (room > Integer.MAX_VALUE - Long.BYTES) {
            throw new ServingException(
                    ErrorCode.TOO_LARGE,
                    "data of input '%s' takes %d bytes (expected: < 2 GiB)".formatted(input, room));
        }
        ByteBuffer data = ByteBuffer.allocate((int) room).order(ByteOrder.LITTLE_ENDIAN);
        long found = 0;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY) {
                depth = nested(token, depth);
            } else {
                if (found < elements && !codec.read(json, token, data)) {
                    throw wrongElement(json, found, type, codec.expected());
                }
                found++;
            }
        }
        checkCount(found);
        return data.flip();
    }

    private ByteBuffer readStrings(JsonParser json) {
        BytesCollector strings = new BytesCollector();
        long found = 0;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY) {
                depth = nested(token, depth);
            } else {
                if (found < elements && !readString(json, token, strings)) {
                    throw wrongElement(json, found, DataType.BYTES, "a string of Unicode text");
                }
                found++;
            }
        }
        checkCount(found);
        return strings.data();
    }

    private static boolean readString(JsonParser json, JsonToken token, BytesCollector strings) {
        return token == JsonToken.VALUE_STRING
                && strings.add(json.getStringCharacters(), json.getStringOffset(), json.getStringLength());
    }

    private int nested(JsonToken token, int depth) {
        if (token == JsonToken.END_ARRAY) {
            return depth - 1;
        }
        if (depth == MAX_DEPTH) {
            throw ServingException.invalid(
                    "Unable to parse 'data' of input '%s': arrays more than %d deep (expected: no more)"
                            .formatted(input, MAX_DEPTH));
        }
        return depth + 1;
    }

    private ServingException wrongElement(JsonParser json, long index, DataType type, String expected) {
        return ServingException.invalid("Unable to parse 'data' of input '%s': element %d is %s (expected for %s: %s)"
                .formatted(input, index, RequestJson.shown(json), type, expected));
    }

    private void checkCount(long found) {
        if (found != elements) {
            throw ServingException.invalid(
                    "unexpected number of elements in 'data' of input '%s': %d (expected: %d, the product of shape %s)"
                            .formatted(input, found, elements, shape));
        }
    }
}
