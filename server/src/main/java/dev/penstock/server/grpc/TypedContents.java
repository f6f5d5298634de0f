package dev.penstock.server.grpc;

import com.google.protobuf.ByteString;
import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.InferTensorContents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/// Turns a tensor's typed elements into the bytes they stand for.
final class TypedContents {
    private static final int BYTE_MASK = 0xff;
    private static final int SHORT_MASK = 0xffff;

    /// The lists of the message, by their names on the wire.
    private enum Field {
        BOOL_CONTENTS,
        INT_CONTENTS,
        INT64_CONTENTS,
        UINT_CONTENTS,
        UINT64_CONTENTS,
        FP32_CONTENTS,
        FP64_CONTENTS,
        BYTES_CONTENTS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private TypedContents() {}

    static boolean isEmpty(InferTensorContents contents) {
        for (Field field : Field.values()) {
            if (count(contents, field) > 0) {
                return false;
            }
        }
        return true;
    }

    /// @return the elements as [dev.penstock.core.Tensor] lays them out
    /// @throws ServingException if another list is filled than `type` has, or a value is out of its range
    static ByteBuffer encode(String input, DataType type, InferTensorContents contents) {
        if (isEmpty(contents)) {
            return allocate(input, 0);
        }
        checkField(input, type, contents);
        return switch (type) {
            case BOOL -> bools(input, contents);
            case INT8, INT16, INT32 -> ints(input, type, contents);
            case UINT8, UINT16, UINT32 -> unsignedInts(input, type, contents);
            case INT64 -> longs(input, contents);
            case UINT64 -> unsignedLongs(input, contents);
            case FP32 -> floats(input, contents);
            case FP64 -> doubles(input, contents);
            case BYTES -> byteStrings(input, contents);
            case FP16, BF16 -> throw noField(input, type);
        };
    }

    private static void checkField(String input, DataType type, InferTensorContents contents) {
        Field expected = fieldOf(input, type);
        for (Field field : Field.values()) {
            if (field != expected && count(contents, field) > 0) {
                throw ServingException.invalid("input '%s' of datatype %s has its elements in %s (expected: %s)"
                        .formatted(input, type, field, expected));
            }
        }
    }

    private static Field fieldOf(String input, DataType type) {
        return switch (type) {
            case BOOL -> Field.BOOL_CONTENTS;
            case INT8, INT16, INT32 -> Field.INT_CONTENTS;
            case UINT8, UINT16, UINT32 -> Field.UINT_CONTENTS;
            case INT64 -> Field.INT64_CONTENTS;
            case UINT64 -> Field.UINT64_CONTENTS;
            case FP32 -> Field.FP32_CONTENTS;
            case FP64 -> Field.FP64_CONTENTS;
            case BYTES -> Field.BYTES_CONTENTS;
            case FP16, BF16 -> throw noField(input, type);
        };
    }

    private static ServingException noField(String input, DataType type) {
        return ServingException.invalid(
                "input '%s' of datatype %s has typed contents (expected: raw_input_contents, there is no typed field for %s)"
                        .formatted(input, type, type));
    }

    private static int count(InferTensorContents contents, Field field) {
        return switch (field) {
            case BOOL_CONTENTS -> contents.getBoolContentsCount();
            case INT_CONTENTS -> contents.getIntContentsCount();
            case INT64_CONTENTS -> contents.getInt64ContentsCount();
            case UINT_CONTENTS -> contents.getUintContentsCount();
            case UINT64_CONTENTS -> contents.getUint64ContentsCount();
            case FP32_CONTENTS -> contents.getFp32ContentsCount();
            case FP64_CONTENTS -> contents.getFp64ContentsCount();
            case BYTES_CONTENTS -> contents.getBytesContentsCount();
        };
    }

    private static ByteBuffer bools(String input, InferTensorContents contents) {
        ByteBuffer data = allocate(input, contents.getBoolContentsCount());
        for (int i = 0; i < contents.getBoolContentsCount(); i++) {
            data.put((byte) (contents.getBoolContents(i) ? 1 : 0));
        }
        return data.flip();
    }

    private static ByteBuffer ints(String input, DataType type, InferTensorContents contents) {
        ByteBuffer data = allocate(input, (long) contents.getIntContentsCount() * type.byteSize());
        for (int i = 0; i < contents.getIntContentsCount(); i++) {
            int value = contents.getIntContents(i);
            switch (type.byteSize()) {
                case Byte.BYTES -> data.put((byte) checked(input, type, i, value, Byte.MIN_VALUE, Byte.MAX_VALUE));
                case Short.BYTES ->
                    data.putShort((short) checked(input, type, i, value, Short.MIN_VALUE, Short.MAX_VALUE));
                default -> data.putInt(value);
            }
        }
        return data.flip();
    }

    private static ByteBuffer unsignedInts(String input, DataType type, InferTensorContents contents) {
        ByteBuffer data = allocate(input, (long) contents.getUintContentsCount() * type.byteSize());
        for (int i = 0; i < contents.getUintContentsCount(); i++) {
            long value = Integer.toUnsignedLong(contents.getUintContents(i));
            switch (type.byteSize()) {
                case Byte.BYTES -> data.put((byte) checked(input, type, i, value, 0, BYTE_MASK));
                case Short.BYTES -> data.putShort((short) checked(input, type, i, value, 0, SHORT_MASK));
                default -> data.putInt((int) value);
            }
        }
        return data.flip();
    }

    private static long checked(String input, DataType type, int index, long value, long min, long max) {
        if (value < min || value > max) {
            throw ServingException.invalid("element %d of input '%s' of datatype %s is %d (expected: %d to %d)"
                    .formatted(index, input, type, value, min, max));
        }
        return value;
    }

    private static ByteBuffer longs(String input, InferTensorContents contents) {
        ByteBuffer data = allocate(input, (long) contents.getInt64ContentsCount() * Long.BYTES);
        for (int i = 0; i < contents.getInt64ContentsCount(); i++) {
            data.putLong(contents.getInt64Contents(i));
        }
        return data.flip();
    }

    private static ByteBuffer unsignedLongs(String input, InferTensorContents contents) {
        ByteBuffer data = allocate(input, (long) contents.getUint64ContentsCount() * Long.BYTES);
        for (int i = 0; i < contents.getUint64ContentsCount(); i++) {
            data.putLong(contents.getUint64Contents(i));
        }
        return data.flip();
    }

    private static ByteBuffer floats(String input, InferTensorContents contents) {
        ByteBuffer data = allocate(input, (long) contents.getFp32ContentsCount() * Float.BYTES);
        for (int i = 0; i < contents.getFp32ContentsCount(); i++) {
            data.putFloat(contents.getFp32Contents(i));
        }
        return data.flip();
    }

    private static ByteBuffer doubles(String input, InferTensorContents contents) {
        ByteBuffer data = allocate(input, (long) contents.getFp64ContentsCount() * Double.BYTES);
        for (int i = 0; i < contents.getFp64ContentsCount(); i++) {
            data.putDouble(contents.getFp64Contents(i));
        }
        return data.flip();
    }

    private static ByteBuffer byteStrings(String input, InferTensorContents contents) {
        long bytes = 0;
        for (int i = 0; i < contents.getBytesContentsCount(); i++) {
            bytes += BytesElements.LENGTH_BYTES + contents.getBytesContents(i).size();
        }
        ByteBuffer data = allocate(input, bytes);
        for (int i = 0; i < contents.getBytesContentsCount(); i++) {
            ByteString element = contents.getBytesContents(i);
            data.putInt(element.size());
            element.copyTo(data);
        }
        return data.flip();
    }

    private static ByteBuffer allocate(String input, long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new ServingException(
                    ErrorCode.TOO_LARGE,
                    "input '%s' has %d bytes (expected: at most %d)".formatted(input, bytes, Integer.MAX_VALUE));
        }
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
