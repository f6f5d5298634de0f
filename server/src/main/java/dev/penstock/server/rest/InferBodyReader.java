package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.rest.text.TensorDataScanner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the JSON of inference requests that are plain and fit the layout of their model; elements go straight into
/// the memory that the model's rows are copied from. Keys may come in any order. Whatever it does not know, or knows to
/// be wrong, it leaves to [InferRequestReader], which also says what is wrong. Confined to one thread.
final class InferBodyReader {
    private static final byte[] ID = ascii("id");
    private static final byte[] PARAMETERS = ascii("parameters");
    private static final byte[] INPUTS = ascii("inputs");
    private static final byte[] OUTPUTS = ascii("outputs");
    private static final byte[] NAME = ascii("name");
    private static final byte[] DATATYPE = ascii("datatype");
    private static final byte[] SHAPE = ascii("shape");
    private static final byte[] DATA = ascii("data");
    private static final byte[] BINARY_SIZE = ascii("binary_data_size");
    private static final byte[] BINARY = ascii("binary_data");
    private static final byte[] BINARY_OUTPUT = ascii("binary_data_output");
    private static final byte[] TIMEOUT = ascii("timeout");

    /// What goes into a header as it is.
    private static final int MAX_ID_BYTES = 256;

    private final ElementRoom room;
    private final JsonCursor json = new JsonCursor();
    private final TensorDataScanner elements = new TensorDataScanner(true);
    private final InferBody body = new InferBody();

    // Of the request being read.
    private int seen;
    private int elementBytes;
    private long binaryBytes;

    // Of the input being read.
    private int seenOfInput;
    private int input;
    private int typeFrom;
    private int typeTo;
    private final long[] dims = new long[Shape.MAX_RANK];
    private int rank;
    private int dataFrom;
    private boolean dataRead;
    private long binarySize;

    InferBodyReader(ElementRoom room) {
        this.room = room;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /// What was read last; until the next is read.
    InferBody body() {
        return body;
    }

    /// @param following bytes of binary data behind the JSON
    /// @return false if the request has to be looked at by others; then nothing is reserved
    boolean read(byte[] text, int from, int to, Layout layout, long following) {
        json.reset(text, from, to);
        body.clear(layout);
        seen = 0;
        elementBytes = 0;
        binaryBytes = 0;
        boolean read =
                readRequest() && json.peek() < 0 && body.inputCount == layout.inputs.size() && binaryBytes == following;
        if (read) {
            body.completeOutputs();
        } else {
            room.clear();
        }
        return read;
    }

    /// Notes a key.
    ///
    /// @return false if it came before
    private boolean isFirst(int bit) {
        boolean first = (seen & bit) == 0;
        seen |= bit;
        return first;
    }

    private boolean readRequest() {
        if (!json.take('{')) {
            return false;
        }
        do {
            if (!json.takeKey() || !readField()) {
                return false;
            }
        } while (json.take(','));
        return json.take('}');
    }

    private boolean readField() {
        if (json.stringIs(INPUTS)) {
            return isFirst(1) && readInputs();
        }
        if (json.stringIs(ID)) {
            return isFirst(2) && readId();
        }
        if (json.stringIs(OUTPUTS)) {
            return isFirst(4) && readOutputs();
        }
        return json.stringIs(PARAMETERS) && isFirst(8) && readParameters();
    }

    private boolean readId() {
        if (!json.takeString() || json.stringTo - json.stringFrom > MAX_ID_BYTES) {
            return false;
        }
        for (int i = json.stringFrom; i < json.stringTo; i++) {
            byte b = json.text[i];
            if (b <= ' ' || b == 0x7f || b == '%') {
                return false;
            }
        }
        body.idFrom = json.stringFrom;
        body.idTo = json.stringTo;
        return true;
    }

    private boolean readParameters() {
        if (!json.take('{')) {
            return false;
        }
        if (json.take('}')) {
            return true;
        }
        do {
            if (!json.takeKey() || !readParameter()) {
                return false;
            }
        } while (json.take(','));
        return json.take('}');
    }

    private boolean readParameter() {
        if (json.stringIs(BINARY_OUTPUT) && isFirst(16)) {
            int binary = json.takeBool();
            body.binaryByDefault(binary == 1);
            return binary >= 0;
        }
        if (json.stringIs(TIMEOUT) && isFirst(32)) {
            body.timeoutMicros = json.takeInteger();
            return body.timeoutMicros >= 0;
        }
        return false;
    }

    private boolean readInputs() {
        if (!json.take('[')) {
            return false;
        }
        do {
            if (!readInput()) {
                return false;
            }
            body.inputCount++;
        } while (json.take(','));
        return json.take(']');
    }

    private boolean readInput() {
        if (!json.take('{')) {
            return false;
        }
        seenOfInput = 0;
        input = -1;
        typeFrom = -1;
        rank = -1;
        dataFrom = -1;
        dataRead = false;
        binarySize = -1;
        do {
            if (!json.takeKey() || !readInputField()) {
                return false;
            }
        } while (json.take(','));
        return json.take('}') && completeInput();
    }

    private boolean isFirstOfInput(int bit) {
        boolean first = (seenOfInput & bit) == 0;
        seenOfInput |= bit;
        return first;
    }

    private boolean readInputField() {
        if (json.stringIs(NAME)) {
            return isFirstOfInput(1) && readInputName();
        }
        if (json.stringIs(SHAPE)) {
            return isFirstOfInput(2) && readShape();
        }
        if (json.stringIs(DATATYPE)) {
            boolean read = isFirstOfInput(4) && json.takeString();
            typeFrom = json.stringFrom;
            typeTo = json.stringTo;
            return read;
        }
        if (json.stringIs(DATA)) {
            return isFirstOfInput(8) && readData();
        }
        return json.stringIs(PARAMETERS) && isFirstOfInput(16) && readInputParameters();
    }

    private boolean readInputName() {
        if (!json.takeString()) {
            return false;
        }
        input = indexOf(body.layout().inputs);
        return input >= 0 && !body.hasInput(input);
    }

    private int indexOf(List<Layout.Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (json.stringIs(tensors.get(i).name)) {
                return i;
            }
        }
        return -1;
    }

    private boolean readShape() {
        if (!json.take('[')) {
            return false;
        }
        rank = 0;
        if (json.take(']')) {
            return true;
        }
        do {
            long dim = rank < dims.length ? json.takeInteger() : -1;
            if (dim < 0) {
                return false;
            }
            dims[rank++] = dim;
        } while (json.take(','));
        return json.take(']');
    }

    private boolean readInputParameters() {
        if (!json.take('{')) {
            return false;
        }
        if (json.take('}')) {
            return true;
        }
        if (!json.takeKey() || !json.stringIs(BINARY_SIZE)) {
            return false;
        }
        binarySize = json.takeInteger();
        return binarySize >= 0 && json.take('}');
    }

    private boolean readData() {
        if (json.peek() != '[') {
            return false;
        }
        dataFrom = json.at;
        boolean ready = input >= 0 && typeFrom >= 0 && rank >= 0;
        return ready ? readElements() : json.skipArray();
    }

    private boolean completeInput() {
        if (input < 0 || typeFrom < 0 || rank < 0 || (dataFrom < 0) == (binarySize < 0)) {
            return false;
        }
        if (dataFrom < 0) {
            return completeBinary();
        }
        if (!dataRead) {
            int end = json.at;
            json.at = dataFrom;
            if (!readElements()) {
                return false;
            }
            json.at = end;
        }
        return true;
    }

    private boolean completeBinary() {
        Layout.Tensor tensor = body.layout().inputs.get(input);
        if (!fits(tensor) || binarySize != body.rows * tensor.rowBytes) {
            return false;
        }
        body.isBinary[input] = true;
        body.offsets[input] = binaryBytes;
        binaryBytes += binarySize;
        return true;
    }

    private boolean fits(Layout.Tensor tensor) {
        int rows = body.layout().rows(tensor, dims, rank);
        if (rows == 0 || (body.rows != 0 && body.rows != rows)) {
            return false;
        }
        body.rows = rows;
        json.stringFrom = typeFrom;
        json.stringTo = typeTo;
        return json.stringIs(tensor.datatype);
    }

    private boolean readElements() {
        Layout.Tensor tensor = body.layout().inputs.get(input);
        if (!fits(tensor)) {
            return false;
        }
        long bytes = body.rows * tensor.rowBytes;
        long count = bytes / tensor.type.byteSize();
        // An element takes two bytes of text or more, so a shape alone makes nobody reserve memory.
        if (count > (json.limit - json.at) / 2 || elementBytes + bytes > Integer.MAX_VALUE) {
            return false;
        }
        boolean small = body.rows * body.layout().inputRowBytes < FastModel.COPY_AT_ONCE_BYTES;
        ByteBuffer target = room.reserve(small, elementBytes, (int) bytes);
        if (target == null || !scan(tensor.type, target, (int) count)) {
            return false;
        }
        body.isBinary[input] = false;
        body.offsets[input] = elementBytes;
        elementBytes += (int) bytes;
        dataRead = true;
        return true;
    }

    private boolean scan(DataType type, ByteBuffer target, int count) {
        int from = json.at;
        try {
            if (elements.scan(json.text, from, json.limit, type, target, elementBytes, count) != count) {
                return false;
            }
        } catch (ServingException e) {
            // Who reads it next says so, or knows better.
            return false;
        }
        json.at = elements.end();
        return isFloat(type) || areIntegers(from, json.at);
    }

    private static boolean isFloat(DataType type) {
        return switch (type) {
            case FP16, BF16, FP32, FP64 -> true;
            default -> false;
        };
    }

    /// Whether no number there has a point or an exponent, though its value may be an integer: whether that will do is
    /// for others to say.
    private boolean areIntegers(int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = json.text[i];
            // An E of `true` and `false` follows a letter.
            boolean exponent = (b | 0x20) == 'e' && json.text[i - 1] <= '9';
            if (b == '.' || exponent) {
                return false;
            }
        }
        return true;
    }

    private boolean readOutputs() {
        if (!json.take('[')) {
            return false;
        }
        if (json.take(']')) {
            return true;
        }
        do {
            if (!readOutput()) {
                return false;
            }
        } while (json.take(','));
        return json.take(']');
    }

    private boolean readOutput() {
        int output = -1;
        int binary = InferBody.NONE;
        boolean parameters = false;
        if (!json.take('{')) {
            return false;
        }
        do {
            if (!json.takeKey()) {
                return false;
            }
            if (json.stringIs(NAME) && output < 0 && json.takeString()) {
                output = indexOf(body.layout().outputs);
                if (output < 0) {
                    return false;
                }
            } else if (json.stringIs(PARAMETERS) && !parameters && json.take('{')) {
                parameters = true;
                if (!json.take('}')) {
                    if (!json.takeKey() || !json.stringIs(BINARY)) {
                        return false;
                    }
                    binary = json.takeBool();
                    if (binary < 0 || !json.take('}')) {
                        return false;
                    }
                }
            } else {
                return false;
            }
        } while (json.take(','));
        return json.take('}') && output >= 0 && body.addOutput(output, binary);
    }
}
