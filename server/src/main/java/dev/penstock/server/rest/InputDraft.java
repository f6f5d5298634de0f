package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// One input of a request while it is read. Its keys may come in any order: when `data` comes before what is needed
/// to read it, its place is remembered and it is read afterwards.
final class InputDraft {
    private static final int MAX_NAME_CHARS = 1024;

    private final int index;
    private final String model;
    private final ByteBuf body;

    private @Nullable String name;
    private @Nullable DataType type;
    private @Nullable Shape shape;
    private @Nullable ByteBuffer data;
    private @Nullable Parameters parameters;
    private boolean hasData;

    // Where unread `data` stands in the body.
    private int dataFrom;
    private int dataBytes;

    /// @param body begins with the JSON that is parsed
    InputDraft(int index, String model, ByteBuf body) {
        this.index = index;
        this.model = model;
        this.body = body;
    }

    /// Reads the object the parser is at.
    void read(JsonParser json) {
        RequestJson.expect(json, JsonToken.START_OBJECT, "'inputs[" + index + "]'", "an object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "name" -> name = readName(json);
                case "datatype" -> type = readType(json);
                case "shape" -> shape = readShape(json);
                case "parameters" -> parameters = readParameters(json);
                case "data" -> readData(json);
                default -> json.skipChildren();
            }
        }
    }

    private String readName(JsonParser json) {
        String text = RequestJson.text(json, "'name' of inputs[" + index + "]");
        if (text.length() > MAX_NAME_CHARS) {
            throw RequestJson.wrong(json, "'name' of inputs[" + index + "]", "<= " + MAX_NAME_CHARS + " characters");
        }
        return text;
    }

    private DataType readType(JsonParser json) {
        DataType known = DataType.byName(RequestJson.text(json, "'datatype' of " + where()));
        if (known == null) {
            throw RequestJson.wrong(json, "'datatype' of " + where(), "one of " + Arrays.toString(DataType.values()));
        }
        return known;
    }

    private Shape readShape(JsonParser json) {
        String field = "'shape' of " + where();
        RequestJson.expect(json, JsonToken.START_ARRAY, field, "an array of integers");
        long[] dims = new long[Shape.MAX_RANK];
        int rank = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (rank == Shape.MAX_RANK) {
                throw ServingException.invalid("Unable to parse %s: more than %d dimensions (expected: no more)"
                        .formatted(field, Shape.MAX_RANK));
            }
            dims[rank++] = RequestJson.integer(json, field);
        }
        return Shape.of(Arrays.copyOf(dims, rank));
    }

    private Parameters readParameters(JsonParser json) {
        Parameters read = Parameters.ofTensor(where());
        read.read(json);
        return read;
    }

    private void readData(JsonParser json) {
        RequestJson.expect(json, JsonToken.START_ARRAY, "'data' of " + where(), "an array");
        hasData = true;
        dataFrom = (int) json.currentTokenLocation().getByteOffset();
        if (name != null && type != null && shape != null) {
            data = elements(json, name, type, shape, body.readableBytes() - dataFrom);
        } else {
            json.skipChildren();
            dataBytes = (int) json.currentLocation().getByteOffset() - dataFrom;
        }
    }

    private ByteBuffer elements(JsonParser json, String input, DataType elementType, Shape dims, int textBytes) {
        return new JsonTensorReader(HeaderText.quote(input), dims, count(input, dims))
                .read(json, elementType, textBytes);
    }

    private long count(String input, Shape dims) {
        for (int i = 0; i < dims.rank(); i++) {
            if (dims.dim(i) < 0) {
                throw ServingException.invalid(
                        "All input dimensions should be specified for input '%s' for model '%s', got %s"
                                .formatted(HeaderText.quote(input), model, dims));
            }
        }
        try {
            return dims.elementCount();
        } catch (ArithmeticException e) {
            throw ServingException.invalid("shape %s of input '%s' for model '%s' has more elements than can be counted"
                    .formatted(dims, HeaderText.quote(input), model));
        }
    }

    /// Completes the input once the whole JSON was read.
    Tensor tensor(BinarySection binary) {
        String givenName = given(name, "name");
        DataType givenType = given(type, "datatype");
        Shape givenShape = given(shape, "shape");
        long binaryBytes = parameters == null ? -1 : parameters.binaryDataSize();
        checkSource(binaryBytes >= 0);
        ByteBuffer bytes = data;
        if (binaryBytes >= 0) {
            bytes = binary.next(HeaderText.quote(givenName), binaryBytes);
        } else if (bytes == null) {
            bytes = readLate(givenName, givenType, givenShape);
        }
        return new Tensor(givenName, givenType, givenShape, bytes.order(ByteOrder.LITTLE_ENDIAN));
    }

    private ByteBuffer readLate(String givenName, DataType givenType, Shape givenShape) {
        try (JsonParser json = Json.parser(body, body.readerIndex() + dataFrom, dataBytes)) {
            json.nextToken();
            return elements(json, givenName, givenType, givenShape, dataBytes);
        }
    }

    private void checkSource(boolean hasBinary) {
        if (hasData == hasBinary) {
            throw ServingException.invalid(
                    "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But %s set for %s."
                            .formatted(hasData ? "'data' and 'binary_data_size' are" : "no field is", where()));
        }
    }

    private <T> T given(@Nullable T value, String field) {
        if (value == null) {
            throw ServingException.invalid("Unable to parse '%s' of %s: it is missing".formatted(field, where()));
        }
        return value;
    }

    private String where() {
        return name == null ? "inputs[" + index + "]" : "input '" + HeaderText.quote(name) + "'";
    }
}
