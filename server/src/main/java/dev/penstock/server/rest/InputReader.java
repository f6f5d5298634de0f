package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.server.wire.HeaderText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;

/// Reads one input of a request. Its keys may come in any order: when `data` comes before what is needed to
/// read it, its place is remembered and it is read afterwards. Reused; confined to one thread.
@SuppressWarnings("UnnecessaryLambda") // Kept, so that no field makes them anew.
final class InputReader {
    private static final byte[] NAME = ascii("name");
    private static final byte[] DATATYPE = ascii("datatype");
    private static final byte[] SHAPE = ascii("shape");
    private static final byte[] DATA = ascii("data");
    private static final byte[] PARAMETERS = ascii("parameters");
    private static final DataType[] TYPES = DataType.values();
    private static final byte[][] TYPE_NAMES =
            Arrays.stream(TYPES).map(type -> ascii(type.name())).toArray(byte[][]::new);
    private static final int MAX_NAME_BYTES = 1024;

    /// What an input needs before its elements can be read: the bits of name, datatype and shape.
    private static final int DESCRIBED = 7;

    private final JsonCursor json;
    private final ParameterReader parameters;
    private final ElementsReader elements;

    // Of the input being read.
    private String model = "";
    private int index;
    private InferInput input = new InferInput();
    private int seen;
    private int dataFrom;
    private boolean dataRead;

    private final Supplier<String> itself = () -> "'inputs[" + index + "]'";
    private final Supplier<String> nameField = () -> "'name' of inputs[" + index + "]";
    private final Supplier<String> typeField = () -> "'datatype' of " + where();
    private final Supplier<String> shapeField = () -> "'shape' of " + where();
    private final Supplier<String> dataField = () -> "'data' of " + where();

    InputReader(JsonCursor json, ElementRoom room) {
        this.json = json;
        this.parameters = new ParameterReader(json, this::where, false);
        this.elements = new ElementsReader(json, room, false, new ElementFaults(json, this::where)::find);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private String where() {
        return (seen & 1) == 0 ? "inputs[" + index + "]" : "input '" + quotedName() + "'";
    }

    private String quotedName() {
        return HeaderText.quote(input.name.toString());
    }

    /// Reads the object that is next.
    ///
    /// @param calledModel its name, for messages
    void read(InferBody body, String calledModel) {
        model = calledModel;
        index = body.inputCount;
        input = body.addInput();
        seen = 0;
        dataFrom = -1;
        dataRead = false;
        parameters.clear();
        boolean more = json.enter('{', '}', itself, "an object");
        while (more) {
            json.key();
            readField(body);
            more = json.goesOn('}');
        }
        complete(body);
    }

    private void readField(InferBody body) {
        TextSpan key = json.string;
        if (key.is(NAME)) {
            first(1, "name");
            readName();
        } else if (key.is(SHAPE)) {
            first(2, "shape");
            readShape();
            seen |= 2;
        } else if (key.is(DATATYPE)) {
            first(4, "datatype");
            readType();
            seen |= 4;
        } else if (key.is(DATA)) {
            first(8, "data");
            seen |= 8;
            readData(body);
        } else if (key.is(PARAMETERS)) {
            first(16, "parameters");
            seen |= 16;
            parameters.read();
        } else {
            json.skipValue();
        }
    }

    private void first(int bit, String key) {
        if ((seen & bit) != 0) {
            throw JsonFaults.duplicate(key, where());
        }
    }

    private void readName() {
        int start = json.at;
        json.string(nameField);
        if (json.string.length() > MAX_NAME_BYTES) {
            json.at = start;
            throw json.wrong(nameField, "<= " + MAX_NAME_BYTES + " bytes");
        }
        input.name.set(json.string);
        seen |= 1;
    }

    private void readType() {
        int start = json.at;
        json.string(typeField);
        for (int i = 0; i < TYPES.length; i++) {
            if (json.string.is(TYPE_NAMES[i])) {
                input.type = TYPES[i];
                return;
            }
        }
        json.at = start;
        throw json.wrong(typeField, "one of " + Arrays.toString(TYPES));
    }

    private void readShape() {
        input.rank = 0;
        boolean more = json.enter('[', ']', shapeField, "an array of integers");
        while (more) {
            if (input.rank == Shape.MAX_RANK) {
                throw ServingException.invalid("Unable to parse %s: more than %d dimensions (expected: no more)"
                        .formatted(shapeField.get(), Shape.MAX_RANK));
            }
            input.dims[input.rank++] = json.integer(shapeField);
            more = json.goesOn(']');
        }
    }

    private void readData(InferBody body) {
        if (json.peek() != '[') {
            throw json.wrong(dataField, "an array");
        }
        dataFrom = json.at;
        if ((seen & DESCRIBED) == DESCRIBED) {
            readElements(body);
        } else {
            json.skipValue();
        }
    }

    private void complete(InferBody body) {
        for (int i = 0; i < 3; i++) {
            if ((seen & 1 << i) == 0) {
                throw JsonFaults.missing(i == 0 ? "name" : i == 1 ? "shape" : "datatype", " of " + where());
            }
        }
        boolean hasData = dataFrom >= 0;
        boolean hasBinary = parameters.binarySize >= 0;
        if (hasData == hasBinary) {
            throw ServingException.invalid(
                    "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But %s set for %s."
                            .formatted(hasData ? "'data' and 'binary_data_size' are" : "no field is", where()));
        }
        if (hasBinary) {
            placeBinary(body, parameters.binarySize);
        } else if (!dataRead) {
            int end = json.at;
            json.at = dataFrom;
            readElements(body);
            json.at = end;
        }
    }

    private void placeBinary(InferBody body, long bytes) {
        input.isBinary = true;
        input.offset = body.binaryBytes;
        input.bytes = bytes;
        long left = body.followingBytes - body.binaryBytes;
        if (bytes > left) {
            throw ServingException.invalid(
                    "unexpected size for input '%s', expecting %d bytes of binary data, but %d are left of the body after its first %d"
                            .formatted(quotedName(), bytes, left, body.jsonBytes + body.binaryBytes));
        }
        body.binaryBytes += bytes;
    }

    private void readElements(InferBody body) {
        // Where eight bytes are aligned, any element is.
        int used = (body.elementBytes + Long.BYTES - 1) & -Long.BYTES;
        input.isBinary = false;
        input.offset = used;
        input.bytes = elements.read(input, used, count());
        body.elementBytes = used + (int) input.bytes;
        dataRead = true;
    }

    private long count() {
        long count = 1;
        boolean zero = false;
        for (int i = 0; i < input.rank; i++) {
            long dim = input.dims[i];
            if (dim < 0) {
                throw ServingException.invalid(
                        "All input dimensions should be specified for input '%s' for model '%s', got %s"
                                .formatted(quotedName(), model, input.shape()));
            }
            zero |= dim == 0;
            long product = count * Math.max(dim, 1);
            if (Math.multiplyHigh(count, Math.max(dim, 1)) != 0 || product < 0) {
                throw ServingException.invalid(
                        "shape %s of input '%s' for model '%s' has more elements than can be counted"
                                .formatted(input.shape(), quotedName(), model));
            }
            count = product;
        }
        return zero ? 0 : count;
    }
}
