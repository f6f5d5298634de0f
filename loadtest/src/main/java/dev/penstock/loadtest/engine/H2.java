package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// Frames of HTTP/2, as far as a client writes and reads them.
final class H2 {
    static final int FRAME_HEAD = 9;
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITY = 0x20;

    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;

    static final int CANCEL = 8;

    static final int DEFAULT_WINDOW = 65_535;
    static final int DEFAULT_FRAME = 16_384;
    static final int DEFAULT_TABLE = 4_096;

    /// What servers may send before they hear from us, on each stream and on a connection.
    static final int OUR_WINDOW = 1 << 30;

    private static final int SETTING = 6;

    private H2() {}

    static void head(ByteBuffer out, int bytes, int type, int flags, int stream) {
        out.putInt(bytes << 8 | type).put((byte) flags).putInt(stream);
    }

    /// A frame whose stream is written by whoever sends it, at [#STREAM_AT].
    static byte[] frame(int type, int flags, byte[] content) {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD + content.length);
        head(frame, content.length, type, flags, 0);
        return frame.put(content).array();
    }

    /// Where in a frame its stream stands.
    static final int STREAM_AT = 5;

    static void settings(ByteBuffer out) {
        head(out, 3 * SETTING, SETTINGS, 0, 0);
        out.putShort((short) HEADER_TABLE_SIZE).putInt(0);
        out.putShort((short) ENABLE_PUSH).putInt(0);
        out.putShort((short) INITIAL_WINDOW_SIZE).putInt(OUR_WINDOW);
    }

    static void settingsAck(ByteBuffer out) {
        head(out, 0, SETTINGS, ACK, 0);
    }

    static void pingAck(ByteBuffer out, long content) {
        head(out, Long.BYTES, PING, ACK, 0);
        out.putLong(content);
    }

    static void windowUpdate(ByteBuffer out, int stream, int increment) {
        head(out, Integer.BYTES, WINDOW_UPDATE, 0, stream);
        out.putInt(increment);
    }

    static void reset(ByteBuffer out, int stream, int error) {
        head(out, Integer.BYTES, RST_STREAM, 0, stream);
        out.putInt(error);
    }
}
