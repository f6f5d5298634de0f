package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Header fields as literals that no table remembers, so that encoding keeps no state.
final class Hpack {
    /// Shrinks the peer's table to nothing. At the start of a connection's first block: after it no setting of the
    /// peer can demand another such update (RFC 7541, 4.2).
    static final byte TABLE_SIZE_ZERO = 0x20;

    private static final int STATUS_200 = 0x88;
    private static final int STATUS_NAME = 0x08;
    private static final int CONTENT_TYPE_PREFIX = 0x0f;
    private static final int CONTENT_TYPE_INDEX = 31 - 15;
    private static final int ONE_BYTE_LENGTH = 127;

    private Hpack() {}

    /// `:status` and `content-type: application/grpc`, as constants are made.
    static byte[] responseStart(int httpStatus) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        if (httpStatus == 200) {
            block.write(STATUS_200);
        } else {
            block.write(STATUS_NAME);
            string(block, Integer.toString(httpStatus));
        }
        block.write(CONTENT_TYPE_PREFIX);
        block.write(CONTENT_TYPE_INDEX);
        string(block, "application/grpc");
        return block.toByteArray();
    }

    /// One field, as constants are made.
    static byte[] field(String name, String value) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0);
        string(block, name);
        string(block, value);
        return block.toByteArray();
    }

    /// The name of a field whose value the caller writes next.
    static byte[] name(String name) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0);
        string(block, name);
        return block.toByteArray();
    }

    static void value(ByteBuf out, byte[] value, int length) {
        length(out, length);
        out.writeBytes(value, 0, length);
    }

    static void field(ByteBuf out, byte[] name, byte[] value) {
        out.writeByte(0);
        value(out, name, name.length);
        value(out, value, value.length);
    }

    private static void length(ByteBuf out, int length) {
        if (length < ONE_BYTE_LENGTH) {
            out.writeByte(length);
            return;
        }
        out.writeByte(ONE_BYTE_LENGTH);
        int rest = length - ONE_BYTE_LENGTH;
        while (rest > 127) {
            out.writeByte((rest & 127) | 128);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        int rest = ascii.length;
        if (rest < ONE_BYTE_LENGTH) {
            block.write(rest);
        } else {
            block.write(ONE_BYTE_LENGTH);
            for (rest -= ONE_BYTE_LENGTH; rest > 127; rest >>>= 7) {
                block.write((rest & 127) | 128);
            }
            block.write(rest);
        }
        block.writeBytes(ascii);
    }
}
