package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Turns JSON values into the bytes of a tensor and back.
public final class Elements {
    private static final int BFLOAT_SHIFT = 16;

    private Elements() {}

    /// How many bytes an element has; -1 if they differ in length, as BYTES do.
    ///
    /// @throws InputError if there is no such datatype
    public static int bytesOf(String datatype) {
        return switch (datatype) {
            case "BOOL", "INT8", "UINT8" -> Byte.BYTES;
            case "INT16", "UINT16", "FP16", "BF16" -> Short.BYTES;
            case "INT32", "UINT32", "FP32" -> Integer.BYTES;
            case "INT64", "UINT64", "FP64" -> Long.BYTES;
            case "BYTES" -> -1;
            default -> throw unknown(datatype);
        };
    }

    private static InputError unknown(String datatype) {
        return new InputError("datatype: " + datatype
                + " (expected: BOOL, INT8 to INT64, UINT8 to UINT64, FP16, BF16, FP32, FP64 or BYTES)");
    }

    /// The tensor of these values: little-endian; strings each behind their length.
    ///
    /// @param input the tensor's name, for the message
    /// @throws InputError naming the value that does not fit
    public static ByteString encode(String input, String datatype, List<JsonNode> values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] space = new byte[Long.BYTES];
        ByteBuffer element = ByteBuffer.wrap(space).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            element.clear();
            try {
                put(datatype, value, element, bytes);
            } catch (ArithmeticException | NumberFormatException e) {
                throw new InputError(
                        "value %d of input '%s' is %s (expected: %s)".formatted(i, input, value, datatype));
            }
            bytes.write(space, 0, element.position());
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private static void put(String datatype, JsonNode value, ByteBuffer element, ByteArrayOutputStream bytes) {
        switch (datatype) {
            case "BOOL" -> element.put((byte) (bool(value) ? 1 : 0));
            case "INT8" -> element.put(integer(value).byteValueExact());
            case "INT16" -> element.putShort(integer(value).shortValueExact());
            case "INT32" -> element.putInt(integer(value).intValueExact());
            case "INT64" -> element.putLong(integer(value).longValueExact());
            case "UINT8" -> element.put((byte) unsigned(value, Byte.SIZE));
            case "UINT16" -> element.putShort((short) unsigned(value, Short.SIZE));
            case "UINT32" -> element.putInt((int) unsigned(value, Integer.SIZE));
            case "UINT64" -> element.putLong(unsigned(value, Long.SIZE));
            case "FP16" -> element.putShort(Float.floatToFloat16((float) real(value)));
            case "BF16" -> element.putShort(bfloat((float) real(value)));
            case "FP32" -> element.putFloat((float) real(value));
            case "FP64" -> element.putDouble(real(value));
            case "BYTES" -> putText(textBytes(value), bytes);
            default -> throw unknown(datatype);
        }
    }

    // What is no text is an object {"b64": "…"}, as in TensorFlow Serving's JSON and in payload logs.
    private static byte[] textBytes(JsonNode value) {
        JsonNode coded = value.path("b64");
        try {
            return value.isObject() && coded.isString()
                    ? Base64.getDecoder().decode(coded.stringValue())
                    : text(value).getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new NumberFormatException("no base64");
        }
    }

    /// Adds a string as BYTES have it: behind its length.
    static void putText(byte[] encoded, ByteArrayOutputStream bytes) {
        byte[] length = new byte[Integer.BYTES];
        ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putInt(encoded.length);
        bytes.writeBytes(length);
        bytes.writeBytes(encoded);
    }

    private static boolean bool(JsonNode value) {
        return switch (text(value)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new NumberFormatException();
        };
    }

    private static BigInteger integer(JsonNode value) {
        return new BigDecimal(text(value)).toBigIntegerExact();
    }

    private static long unsigned(JsonNode value, int bits) {
        BigInteger number = integer(value);
        if (number.signum() < 0 || number.bitLength() > bits) {
            throw new ArithmeticException();
        }
        return number.longValue();
    }

    private static double real(JsonNode value) {
        return Double.parseDouble(text(value));
    }

    private static String text(JsonNode value) {
        return value.isString() || value.isNumber() ? value.asString() : value.toString();
    }

    // To the nearest, ties to even; a NaN stays one.
    static short bfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> BFLOAT_SHIFT) | 0x40);
        }
        int roundedUp = bits + 0x7fff + ((bits >>> BFLOAT_SHIFT) & 1);
        return (short) (roundedUp >>> BFLOAT_SHIFT);
    }

    /// The values of a tensor that a server sent. Numbers that JSON cannot say become strings.
    public static ArrayNode decode(String datatype, ByteString tensor) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        ByteBuffer bytes = tensor.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            values.add(next(datatype, bytes));
        }
        return values;
    }

    private static JsonNode next(String datatype, ByteBuffer bytes) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (datatype) {
            case "BOOL" -> nodes.booleanNode(bytes.get() != 0);
            case "INT8" -> nodes.numberNode(bytes.get());
            case "INT16" -> nodes.numberNode(bytes.getShort());
            case "INT32" -> nodes.numberNode(bytes.getInt());
            case "INT64" -> nodes.numberNode(bytes.getLong());
            case "UINT8" -> nodes.numberNode(Byte.toUnsignedInt(bytes.get()));
            case "UINT16" -> nodes.numberNode(Short.toUnsignedInt(bytes.getShort()));
            case "UINT32" -> nodes.numberNode(Integer.toUnsignedLong(bytes.getInt()));
            case "UINT64" -> nodes.numberNode(new BigInteger(Long.toUnsignedString(bytes.getLong())));
            case "FP16" -> single(Float.float16ToFloat(bytes.getShort()));
            case "BF16" -> single(Float.intBitsToFloat(bytes.getShort() << BFLOAT_SHIFT));
            case "FP32" -> single(bytes.getFloat());
            case "FP64" -> real(bytes.getDouble());
            case "BYTES" -> {
                byte[] text = new byte[bytes.getInt()];
                bytes.get(text);
                yield nodes.stringNode(new String(text, StandardCharsets.UTF_8));
            }
            default ->
                throw new InputError("the server answered with the datatype " + datatype + ", which is not known");
        };
    }

    static JsonNode single(float value) {
        return Float.isFinite(value)
                ? JsonNodeFactory.instance.numberNode(value)
                : JsonNodeFactory.instance.stringNode(Float.toString(value));
    }

    static JsonNode real(double value) {
        return Double.isFinite(value)
                ? JsonNodeFactory.instance.numberNode(value)
                : JsonNodeFactory.instance.stringNode(Double.toString(value));
    }
}
