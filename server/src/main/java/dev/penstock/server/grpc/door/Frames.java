package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;

/// Writes HTTP/2 frames straight into a buffer.
final class Frames {
    static final int HEADER_BYTES = 9;
    static final byte DATA = 0;
    static final byte HEADERS = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private Frames() {}

    /// The header of a frame whose payload the caller writes next.
    static void header(ByteBuf out, int length, byte type, int flags, int stream) {
        out.ensureWritable(HEADER_BYTES + length);
        out.writeMedium(length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
    }

    /// The header of a frame whose length is not known yet.
    ///
    /// @return what [#end] takes
    static int begin(ByteBuf out, byte type, int flags, int stream) {
        int at = out.writerIndex();
        header(out, 0, type, flags, stream);
        return at;
    }

    static void end(ByteBuf out, int at) {
        out.setMedium(at, out.writerIndex() - at - HEADER_BYTES);
    }
}
