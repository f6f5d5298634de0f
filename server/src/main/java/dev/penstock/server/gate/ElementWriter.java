package dev.penstock.server.gate;

import dev.penstock.core.BytesElements;
import dev.penstock.core.Check;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Collects the elements of one tensor. Confined to one thread.
final class ElementWriter {
    private static final int FIRST_BYTES = 256;
    private static final BigInteger UINT64_END = BigInteger.ONE.shiftLeft(Long.SIZE);

    /// Bits that a BF16 lacks to be a FP32.
    private static final int BF16_MISSING_BITS = 16;

    private static final Set<DataType> SIGNED = Set.of(DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64);

    private static final double MOST_FP16 = 65_504;

    private final DataType type;
    private final String where;
    private ByteBuffer data = littleEndian(FIRST_BYTES);
    private long count;

    /// @param where for messages
    ElementWriter(DataType type, String where) {
        this.type = type;
        this.where = where;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// @throws IllegalArgumentException if it is no element of that type
    void add(JsonNode element) {
        switch (type) {
            case BOOL -> room(1).put((byte) (bool(element) ? 1 : 0));
            case INT8, UINT8 -> room(Byte.BYTES).put((byte) integer(element));
            case INT16, UINT16 -> room(Short.BYTES).putShort((short) integer(element));
            case INT32, UINT32 -> room(Integer.BYTES).putInt((int) integer(element));
            case INT64, UINT64 -> room(Long.BYTES).putLong(integer(element));
            case FP16 -> room(Short.BYTES).putShort(Float.floatToFloat16((float) real(element, MOST_FP16)));
            case BF16 -> room(Short.BYTES).putShort(bf16((float) real(element, Float.MAX_VALUE)));
            case FP32 -> room(Float.BYTES).putFloat((float) real(element, Float.MAX_VALUE));
            case FP64 -> room(Double.BYTES).putDouble(real(element, Double.MAX_VALUE));
            case BYTES -> addBytes(element);
        }
        count++;
    }

    /// @throws IllegalArgumentException if there are not as many elements as the shape has
    ByteBuffer finish(Shape shape) {
        long expected;
        try {
            expected = shape.elementCount();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the shape %s of %s is too large".formatted(shape, where), e);
        }
        Check.argument(
                count == expected, "'data' of %s has %d elements (expected: %d, %s)", where, count, expected, shape);
        return data.flip();
    }

    private ByteBuffer room(int bytes) {
        if (data.remaining() < bytes) {
            data = littleEndian(Math.max(2 * data.capacity(), data.position() + bytes))
                    .put(data.flip());
        }
        return data;
    }

    private void addBytes(JsonNode element) {
        require(element.isString(), element, "a string");
        byte[] utf8 = element.stringValue().getBytes(StandardCharsets.UTF_8);
        room(BytesElements.LENGTH_BYTES + utf8.length).putInt(utf8.length).put(utf8);
    }

    private boolean bool(JsonNode element) {
        boolean number = element.isIntegralNumber() && element.canConvertToInt() && (element.intValue() & ~1) == 0;
        require(element.isBoolean() || number, element, "true or false");
        return element.isBoolean() ? element.booleanValue() : element.intValue() == 1;
    }

    private long integer(JsonNode element) {
        require(element.isIntegralNumber(), element, "an integer");
        if (type == DataType.UINT64) {
            BigInteger value = element.bigIntegerValue();
            require(value.signum() >= 0 && value.compareTo(UINT64_END) < 0, element, "0..2^64-1");
            return value.longValue();
        }
        boolean signed = SIGNED.contains(type);
        int bits = type.byteSize() * Byte.SIZE - (signed ? 1 : 0);
        long most = bits == Long.SIZE - 1 ? Long.MAX_VALUE : (1L << bits) - 1;
        long least = signed ? -most - 1 : 0;
        boolean fits = element.canConvertToLong() && element.longValue() >= least && element.longValue() <= most;
        require(fits, element, "%d..%d".formatted(least, most));
        return element.longValue();
    }

    /// @param most the largest magnitude of the type
    private double real(JsonNode element, double most) {
        if (element.isString()) {
            return switch (element.stringValue()) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw wrong(element, "a number");
            };
        }
        require(element.isNumber(), element, "a number");
        double value = element.doubleValue();
        require(Math.abs(value) <= most || !Double.isFinite(value), element, "a number in the range of " + type);
        return value;
    }

    /// Rounded to the nearest, ties to even.
    private static short bf16(float value) {
        int bits = Float.floatToIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> BF16_MISSING_BITS);
        }
        int odd = bits >>> BF16_MISSING_BITS & 1;
        return (short) ((bits + 0x7fff + odd) >>> BF16_MISSING_BITS);
    }

    private void require(boolean ok, JsonNode element, String expected) {
        if (!ok) {
            throw wrong(element, expected);
        }
    }

    private IllegalArgumentException wrong(JsonNode element, String expected) {
        return new IllegalArgumentException(
                "element %d of 'data' of %s is %s (expected: %s)".formatted(count, where, element, expected));
    }
}
