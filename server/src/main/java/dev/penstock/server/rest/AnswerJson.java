package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.server.rest.text.NonFinite;
import dev.penstock.server.rest.text.TensorDataWriter;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes the JSON of answers to inferences, output by output. Floating-point numbers have as few digits as
/// tell them apart. Allocates nothing per element. Reused; confined to one thread.
final class AnswerJson {
    /// Says how much of an answer is JSON, where binary data follows.
    static final AsciiString LENGTH_HEADER = AsciiString.cached("inference-header-content-length");

    static final long MAX_ELEMENTS = 16L << 20;

    private static final byte[] ID = ascii("\"id\":");
    private static final byte[] NAME = ascii("{\"name\":");
    private static final byte[] DATATYPE = ascii(",\"datatype\":\"");
    private static final byte[] SHAPE = ascii("\",\"shape\":[");
    private static final byte[] DATA = ascii(",\"data\":");
    private static final byte[] BINARY_SIZE = ascii(",\"parameters\":{\"binary_data_size\":");

    private final JsonPage page;
    private final TensorDataWriter finite = new TensorDataWriter(NonFinite.REFUSED);
    private final TensorDataWriter any = new TensorDataWriter(NonFinite.QUOTED);
    private final TextElement element = new TextElement();

    private boolean nonFiniteAsText;
    private long elements;
    private int outputs;

    AnswerJson(JsonPage page) {
        this.page = page;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    JsonPage page() {
        return page;
    }

    /// Begins an answer.
    ///
    /// @param id of which the first `idBytes` count; none says nothing
    /// @param start from `"model_name"` to the bracket that opens the outputs
    /// @param newNonFiniteAsText whether JSON may have "NaN" and "Infinity" as strings; otherwise they
    ///     are refused
    void begin(byte[] id, int idBytes, byte[] start, boolean newNonFiniteAsText) {
        page.clear();
        nonFiniteAsText = newNonFiniteAsText;
        elements = 0;
        outputs = 0;
        page.put('{');
        if (idBytes > 0) {
            page.put(ID);
            page.putQuoted(id, 0, idBytes);
            page.put(',');
        }
        page.put(start);
    }

    /// The same, for a model whose parts are not prepared.
    ///
    /// @param arm of a route that gave the answer, or null
    void begin(String id, String model, InferenceReply reply, @Nullable Assigned arm, boolean newNonFiniteAsText) {
        byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
        byte[] start = AnswerStart.of(model, reply.key().version(), reply.feedbackToken(), arm);
        begin(utf8, utf8.length, start, newNonFiniteAsText);
    }

    private void putQuoted(String string) {
        byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
        page.putQuoted(utf8, 0, utf8.length);
    }

    /// Begins an output whose parts are prepared.
    ///
    /// @param start from its opening brace to the bracket that opens its shape
    /// @param rows the first dimension, or -1 if `dims` has all
    /// @param dims the dimensions behind the rows, and the closing bracket
    void beginOutput(byte[] start, int rows, byte[] dims) {
        if (outputs++ > 0) {
            page.put(',');
        }
        page.put(start);
        if (rows >= 0) {
            page.put(rows);
        }
        page.put(dims);
    }

    /// Begins an output.
    void beginOutput(String name, DataType type, Shape shape) {
        if (outputs++ > 0) {
            page.put(',');
        }
        page.put(NAME);
        putQuoted(name);
        page.put(DATATYPE);
        page.put(ascii(type.name()));
        page.put(SHAPE);
        for (int i = 0; i < shape.rank(); i++) {
            if (i > 0) {
                page.put(',');
            }
            page.put(shape.dim(i));
        }
        page.put(']');
    }

    /// Ends an output that follows the JSON.
    void endBinary(long bytes) {
        page.put(BINARY_SIZE);
        page.put(bytes);
        page.put('}');
        page.put('}');
    }

    /// Ends an output with its elements, of which there may be no more than an event loop should write.
    ///
    /// @param data little-endian; all of it from `from` on
    /// @throws ServingException if an element has no form in JSON, or there are too many
    void endElements(String name, DataType type, ByteBuffer data, int from, int to) {
        page.put(DATA);
        if (type == DataType.BYTES) {
            putTexts(name, data, from, to);
        } else {
            int count = (to - from) / type.byteSize();
            count(count);
            putNumbers(name, type, data, from, count);
        }
        page.put('}');
    }

    /// Refuses more elements than an event loop should write.
    void count(long more) {
        elements += more;
        if (elements > MAX_ELEMENTS) {
            throw LimitedOutput.tooLarge("%d elements in JSON, more than %d".formatted(elements, MAX_ELEMENTS));
        }
    }

    /// @throws ServingException if the JSON is longer than an event loop should write
    void end() {
        page.put(']');
        page.put('}');
        page.checkBytes();
    }

    private void putNumbers(String name, DataType type, ByteBuffer data, int from, int count) {
        TensorDataWriter writer = nonFiniteAsText ? any : finite;
        writer.begin(type, data, from, count);
        try {
            page.put(writer);
        } catch (ServingException e) {
            throw nonFinite(name, type, data, from, from + count * type.byteSize(), e);
        }
    }

    private static ServingException nonFinite(
            String name, DataType type, ByteBuffer data, int from, int to, ServingException cause) {
        for (int at = from, i = 0; at < to; at += type.byteSize(), i++) {
            double value = value(type, data, at);
            if (!Double.isFinite(value)) {
                return ServingException.invalid(
                        "element %d of output '%s' is %s, which JSON has no number for: ask for the output as binary data, or send the request parameter \"non_finite\":\"string\" to get it as a string"
                                .formatted(i, name, value));
            }
        }
        // It was too long.
        return cause;
    }

    private static double value(DataType type, ByteBuffer data, int at) {
        return switch (type) {
            case FP16 -> Float.float16ToFloat(data.getShort(at));
            case BF16 -> Float.intBitsToFloat(data.getShort(at) << 16);
            case FP32 -> data.getFloat(at);
            case FP64 -> data.getDouble(at);
            default -> 0;
        };
    }

    private void putTexts(String name, ByteBuffer data, int from, int to) {
        page.put('[');
        int at = from;
        for (int index = 0; at < to; index++) {
            at = element.read(name, data, at, to);
            count(1);
            if (index > 0) {
                page.put(',');
            }
            if (!element.isText()) {
                throw ServingException.invalid(
                        "element %d of output '%s' is not UTF-8, so JSON cannot carry it: ask for the output as binary data"
                                .formatted(index, name));
            }
            page.putQuoted(element.bytes, 0, element.length);
        }
        page.put(']');
    }
}
