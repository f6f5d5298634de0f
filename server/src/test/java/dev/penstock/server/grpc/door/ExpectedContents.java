package dev.penstock.server.grpc.door;

import com.google.protobuf.ByteString;
import dev.penstock.core.DataType;
import dev.penstock.proto.inference.InferTensorContents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What typed contents must become, from protobuf-java's view of them.
final class ExpectedContents {
    private ExpectedContents() {}

    /// A bit per list that has elements, by field number.
    static int filledLists(InferTensorContents contents) {
        int filled = 0;
        for (int field = 1; field <= lists(contents).size(); field++) {
            filled |= lists(contents).get(field - 1).isEmpty() ? 0 : 1 << field;
        }
        return filled;
    }

    static int listOf(DataType type) {
        return switch (type) {
            case BOOL -> 1 << 1;
            case INT8, INT16, INT32 -> 1 << 2;
            case INT64 -> 1 << 3;
            case UINT8, UINT16, UINT32 -> 1 << 4;
            case UINT64 -> 1 << 5;
            case FP32 -> 1 << 6;
            case FP64 -> 1 << 7;
            case BYTES -> 1 << 8;
            case FP16, BF16 -> -1;
        };
    }

    /// @return null if a value does not fit `type`
    static @Nullable ByteBuffer bytes(DataType type, InferTensorContents contents) {
        ByteBuffer data = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        for (int field = 1; field <= lists(contents).size(); field++) {
            for (Object element : lists(contents).get(field - 1)) {
                if (!put(data, type, element)) {
                    return null;
                }
            }
        }
        return data.flip();
    }

    private static boolean put(ByteBuffer data, DataType type, Object element) {
        switch (type) {
            case BOOL -> data.put((byte) ((Boolean) element ? 1 : 0));
            case INT8 -> data.put(((Integer) element).byteValue());
            case INT16 -> data.putShort(((Integer) element).shortValue());
            case UINT8 -> data.put(((Integer) element).byteValue());
            case UINT16 -> data.putShort(((Integer) element).shortValue());
            case INT32, UINT32 -> data.putInt((Integer) element);
            case INT64, UINT64 -> data.putLong((Long) element);
            case FP32 -> data.putInt(Float.floatToRawIntBits((Float) element));
            case FP64 -> data.putLong(Double.doubleToRawLongBits((Double) element));
            case BYTES -> {
                data.putInt(((ByteString) element).size());
                data.put(((ByteString) element).asReadOnlyByteBuffer());
            }
            case FP16, BF16 -> throw new IllegalArgumentException(type + " (expected: a type with a list)");
        }
        return fits(type, element);
    }

    private static boolean fits(DataType type, Object element) {
        return switch (type) {
            case INT8 -> (Integer) element == ((Integer) element).byteValue();
            case INT16 -> (Integer) element == ((Integer) element).shortValue();
            case UINT8 -> Integer.compareUnsigned((Integer) element, 0xff) <= 0;
            case UINT16 -> Integer.compareUnsigned((Integer) element, 0xffff) <= 0;
            case BOOL, UINT32, UINT64, INT32, INT64, FP16, BF16, FP32, FP64, BYTES -> true;
        };
    }

    private static List<List<?>> lists(InferTensorContents contents) {
        return List.of(
                contents.getBoolContentsList(),
                contents.getIntContentsList(),
                contents.getInt64ContentsList(),
                contents.getUintContentsList(),
                contents.getUint64ContentsList(),
                contents.getFp32ContentsList(),
                contents.getFp64ContentsList(),
                contents.getBytesContentsList());
    }
}
