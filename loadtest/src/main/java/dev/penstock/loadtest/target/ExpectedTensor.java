package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.Elements;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The right values of one output. Immutable; values are compared where they lie.
final class ExpectedTensor {
    private final String name;
    private final String datatype;
    private final byte[] nameBytes;
    private final byte[] datatypeBytes;
    private final long[] shape;
    private final ByteBuffer values;
    private final int[] textAt;
    private final int elementBytes;
    private final int elements;
    private final boolean isReal;
    private final Tolerance tolerance;

    ExpectedTensor(Tensor tensor, Tolerance tolerance) {
        this.name = tensor.name();
        this.datatype = tensor.datatype();
        this.nameBytes = name.getBytes(StandardCharsets.UTF_8);
        this.datatypeBytes = datatype.getBytes(StandardCharsets.UTF_8);
        this.shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        this.values = ByteBuffer.wrap(tensor.data().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        this.elementBytes = Elements.bytesOf(datatype);
        this.textAt = elementBytes < 0 ? textAt(values) : new int[0];
        this.elements = elementBytes < 0 ? textAt.length : values.capacity() / elementBytes;
        this.isReal = datatype.startsWith("FP") || datatype.equals("BF16");
        this.tolerance = tolerance;
    }

    private static int[] textAt(ByteBuffer values) {
        int[] at = new int[values.capacity() / Integer.BYTES];
        int count = 0;
        for (int next = 0; next < values.capacity(); next += Integer.BYTES + values.getInt(next)) {
            at[count++] = next;
        }
        return Arrays.copyOf(at, count);
    }

    String name() {
        return name;
    }

    String datatype() {
        return datatype;
    }

    int elements() {
        return elements;
    }

    boolean isReal() {
        return isReal;
    }

    boolean isText() {
        return elementBytes < 0;
    }

    boolean hasName(ByteBuffer in, int from, int end) {
        return same(nameBytes, in, from, end);
    }

    boolean hasDatatype(ByteBuffer in, int from, int end) {
        return same(datatypeBytes, in, from, end);
    }

    private static boolean same(byte[] expected, ByteBuffer in, int from, int end) {
        if (end - from != expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (in.get(from + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    boolean hasShape(long[] actual) {
        return Arrays.equals(shape, actual);
    }

    /// Of a value that was written in decimal: what is no FP64 was a float before.
    boolean isWritten(int index, double value) {
        return isReal(index, elementBytes == Double.BYTES ? value : (float) value);
    }

    int rank() {
        return shape.length;
    }

    boolean hasDim(int index, long size) {
        return index < shape.length && shape[index] == size;
    }

    /// Whether these bytes are the right values in the protocol's raw form.
    boolean isRaw(ByteBuffer in, int from, int end) {
        if (end - from != values.capacity()) {
            return false;
        }
        ByteBuffer raw = in.slice(from, end - from).order(ByteOrder.LITTLE_ENDIAN);
        if (values.mismatch(raw) < 0) {
            return true;
        }
        if (!isReal) {
            return false;
        }
        for (int i = 0; i < elements; i++) {
            if (!isReal(i, real(raw, i))) {
                return false;
            }
        }
        return true;
    }

    private double real(ByteBuffer raw, int index) {
        return switch (datatype) {
            case "FP64" -> raw.getDouble(index * Double.BYTES);
            case "FP32" -> raw.getFloat(index * Float.BYTES);
            case "FP16" -> Float.float16ToFloat(raw.getShort(index * Short.BYTES));
            default -> Float.intBitsToFloat(raw.getShort(index * Short.BYTES) << Short.SIZE);
        };
    }

    boolean isReal(int index, double value) {
        return index < elements && tolerance.near(real(values, index), value);
    }

    /// Of whole numbers and booleans, which are 0 and 1; unsigned 64 bits as they are.
    boolean isWhole(int index, long value) {
        if (index >= elements) {
            return false;
        }
        int at = index * elementBytes;
        return value
                == switch (datatype) {
                    case "INT64", "UINT64" -> values.getLong(at);
                    case "INT32" -> values.getInt(at);
                    case "UINT32" -> Integer.toUnsignedLong(values.getInt(at));
                    case "INT16" -> values.getShort(at);
                    case "UINT16" -> Short.toUnsignedLong(values.getShort(at));
                    case "UINT8" -> Byte.toUnsignedLong(values.get(at));
                    default -> values.get(at);
                };
    }

    boolean isText(int index, ByteBuffer in, int from, int end) {
        if (index >= elements || values.getInt(textAt[index]) != end - from) {
            return false;
        }
        int at = textAt[index] + Integer.BYTES;
        for (int i = 0; i < end - from; i++) {
            if (values.get(at + i) != in.get(from + i)) {
                return false;
            }
        }
        return true;
    }

    boolean isText(int index, String text) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        return isText(index, bytes, 0, bytes.limit());
    }
}
