package dev.penstock.server.grpc.door;

import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.server.grpc.door.WireRequest.Input;
import java.nio.ByteBuffer;
import java.util.List;

/// Turns the typed elements of one input into the bytes they stand for. Reads an element that [InferReader] has
/// accepted, twice: once to count, once to copy. Confined to one thread.
final class TypedContents {
    private static final int CONTENTS = 5 << 3 | WireCursor.BYTES;
    private static final List<String> FIELDS = List.of(
            "",
            "bool_contents",
            "int_contents",
            "int64_contents",
            "uint_contents",
            "uint64_contents",
            "fp32_contents",
            "fp64_contents",
            "bytes_contents");
    private static final int BYTE_MASK = 0xff;
    private static final int SHORT_MASK = 0xffff;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final WireCursor in = new WireCursor();

    /// The input being read.
    private String name = "";

    private DataType type = DataType.BYTES;
    private int field;
    private int index;
    private long bytes;
    private ByteBuffer data = NOTHING;

    /// @return how many bytes [#encode] writes: up to eight times what the message has
    /// @throws ServingException if another list is filled than `type` has
    long count(Input input, DataType newType) {
        name = input.name.text();
        type = newType;
        if (input.contents == 0) {
            return 0;
        }
        field = fieldOf(type);
        checkField(input);
        bytes = 0;
        walk(input, false);
        return bytes;
    }

    /// Writes the elements as [dev.penstock.core.Tensor] lays them out.
    ///
    /// @param into in little-endian order, with room for what [#count] says
    /// @throws ServingException if a value is out of its range
    void encode(Input input, DataType newType, ByteBuffer into) {
        if (input.contents == 0) {
            return;
        }
        name = input.name.text();
        type = newType;
        field = fieldOf(type);
        data = into;
        try {
            walk(input, true);
        } finally {
            data = NOTHING;
        }
    }

    private void checkField(Input input) {
        for (int other = 1; other < FIELDS.size(); other++) {
            if (other != field && (input.contents & 1 << other) != 0) {
                throw ServingException.invalid("input '%s' of datatype %s has its elements in %s (expected: %s)"
                        .formatted(name, type, FIELDS.get(other), FIELDS.get(field)));
            }
        }
    }

    private int fieldOf(DataType of) {
        return switch (of) {
            case BOOL -> 1;
            case INT8, INT16, INT32 -> 2;
            case INT64 -> 3;
            case UINT8, UINT16, UINT32 -> 4;
            case UINT64 -> 5;
            case FP32 -> 6;
            case FP64 -> 7;
            case BYTES -> 8;
            case FP16, BF16 ->
                throw ServingException.invalid(
                        "input '%s' of datatype %s has typed contents (expected: raw_input_contents, there is no typed field for %s)"
                                .formatted(name, of, of));
        };
    }

    // A message that occurs more than once is merged: its lists follow one another.
    private void walk(Input input, boolean copying) {
        index = 0;
        in.begin(input.element.address, input.element.length);
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag == CONTENTS) {
                long outer = in.enter(in.length());
                walkLists(copying);
                in.leave(outer);
            } else {
                in.skip(tag);
            }
        }
    }

    private void walkLists(boolean copying) {
        int elementType = InferReader.elementType(field);
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag == (field << 3 | elementType)) {
                element(copying);
            } else if (tag == (field << 3 | WireCursor.BYTES)) {
                long outer = in.narrow(in.length());
                while (!in.atEnd()) {
                    element(copying);
                }
                in.widen(outer);
            } else {
                in.skip(tag);
            }
        }
    }

    private void element(boolean copying) {
        if (copying) {
            put();
            index++;
            return;
        }
        if (type == DataType.BYTES) {
            int length = in.length();
            in.skipBytes(length);
            bytes += BytesElements.LENGTH_BYTES + length;
        } else {
            InferReader.skipElement(in, field);
            bytes += type.byteSize();
        }
    }

    private void put() {
        switch (type) {
            case BOOL -> data.put((byte) (in.varint64() != 0 ? 1 : 0));
            case INT8 -> data.put((byte) checked(in.varint32(), Byte.MIN_VALUE, Byte.MAX_VALUE));
            case INT16 -> data.putShort((short) checked(in.varint32(), Short.MIN_VALUE, Short.MAX_VALUE));
            case UINT8 -> data.put((byte) checked(Integer.toUnsignedLong(in.varint32()), 0, BYTE_MASK));
            case UINT16 -> data.putShort((short) checked(Integer.toUnsignedLong(in.varint32()), 0, SHORT_MASK));
            case INT32, UINT32 -> data.putInt(in.varint32());
            case INT64, UINT64 -> data.putLong(in.varint64());
            case FP32 -> data.putInt(in.fixed32());
            case FP64 -> data.putLong(in.fixed64());
            case BYTES -> putBytes();
            case FP16, BF16 -> throw new IllegalStateException(type + " has no list (expected: refused before)");
        }
    }

    private void putBytes() {
        int length = in.length();
        data.putInt(length);
        data.put(Memory.ALL.asSlice(in.position(), length).asByteBuffer());
        in.skipBytes(length);
    }

    private long checked(long value, long min, long max) {
        if (value < min || value > max) {
            throw ServingException.invalid("element %d of input '%s' of datatype %s is %d (expected: %d to %d)"
                    .formatted(index, name, type, value, min, max));
        }
        return value;
    }
}
