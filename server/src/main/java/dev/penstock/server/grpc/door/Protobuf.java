package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Writes protobuf's wire format into buffers.
final class Protobuf {
    private static final int MORE = 0x80;
    private static final int PARAMETERS = 4;
    private static final int STRING_PARAM = 3;

    private Protobuf() {}

    static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }

    static int varintBytes(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    static void varint(ByteBuf out, long value) {
        long rest = value;
        while ((rest & -MORE) != 0) {
            out.writeByte(((int) rest & (MORE - 1)) | MORE);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /// What a field of up to 15 takes with `length` bytes of content; nothing if there are none.
    static int fieldBytes(int length) {
        return length == 0 ? 0 : 1 + varintBytes(length) + length;
    }

    static void field(ByteBuf out, int field, byte[] value, int length) {
        if (length > 0) {
            fieldStart(out, field, length);
            out.writeBytes(value, 0, length);
        }
    }

    static void field(ByteBuf out, int field, byte[] value) {
        field(out, field, value, value.length);
    }

    /// Tag and length of a field whose content the caller writes next.
    static void fieldStart(ByteBuf out, int field, int length) {
        varint(out, tag(field, WireCursor.BYTES));
        varint(out, length);
    }

    /// A whole entry of a ModelInferResponse's parameters: a text.
    static byte[] parameter(String name, String text) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int value = fieldBytes(bytes.length);
        int entry = fieldBytes(key.length) + fieldBytes(value);
        ByteBuf field = Unpooled.buffer(fieldBytes(entry));
        fieldStart(field, PARAMETERS, entry);
        field(field, 1, key);
        fieldStart(field, 2, value);
        field(field, STRING_PARAM, bytes);
        byte[] whole = new byte[field.readableBytes()];
        field.readBytes(whole);
        return whole;
    }
}
