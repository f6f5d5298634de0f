package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// Takes frames apart. Confined to one connection.
final class H2FrameReader {
    private static final int MAX_BLOCK = 64 * 1024;
    private static final int PRIORITY_BYTES = 5;

    private final H2Sink sink;
    private final ByteBuffer block = ByteBuffer.allocate(MAX_BLOCK);
    private boolean inBlock;

    // The header block or DATA frame that is being read.
    private int stream;
    private boolean endStream;
    private boolean inData;
    private int dataLeft;
    private int paddingLeft;
    private int frameBytes;

    H2FrameReader(H2Sink sink) {
        this.sink = sink;
    }

    void reset() {
        inBlock = false;
        inData = false;
    }

    /// Leaves what is not complete; parts of DATA are passed on as they come.
    void read(ByteBuffer in) throws ProtocolException {
        while (inData ? moreData(in) : frame(in)) {
            // Each call took something.
        }
    }

    private boolean moreData(ByteBuffer in) throws ProtocolException {
        int bytes = Math.min(dataLeft, in.remaining());
        if (bytes > 0) {
            dataLeft -= bytes;
            int end = in.position() + bytes;
            sink.data(stream, in, bytes);
            in.position(end);
        }
        int padding = Math.min(paddingLeft, in.remaining());
        if (dataLeft == 0) {
            in.position(in.position() + padding);
            paddingLeft -= padding;
        }
        if (dataLeft > 0 || paddingLeft > 0) {
            return false;
        }
        inData = false;
        sink.dataEnd(stream, frameBytes, endStream);
        return true;
    }

    private boolean frame(ByteBuffer in) throws ProtocolException {
        int at = in.position();
        if (in.remaining() <= H2.FRAME_HEAD && in.remaining() < frameNeed(in)) {
            return false;
        }
        int bytes = in.getInt(at) >>> 8;
        int type = in.get(at + 3);
        int flags = in.get(at + 4);
        int id = in.getInt(at + H2.STREAM_AT) & Integer.MAX_VALUE;
        if (bytes > H2.DEFAULT_FRAME) {
            throw new ProtocolException("a frame of " + bytes + " bytes (expected: <= " + H2.DEFAULT_FRAME + ")");
        }
        if (inBlock != (type == H2.CONTINUATION) || (inBlock && id != stream)) {
            throw new ProtocolException("frame type " + type + " of stream " + id + " amidst or without headers");
        }
        if (type == H2.DATA) {
            beginData(in, bytes, flags, id);
            return true;
        }
        if (in.remaining() < H2.FRAME_HEAD + bytes) {
            return false;
        }
        other(in, at + H2.FRAME_HEAD, bytes, type, flags, id);
        in.position(at + H2.FRAME_HEAD + bytes);
        return true;
    }

    /// How many bytes must be there to begin with a frame: the head, and of padded DATA how much padding there is.
    private static int frameNeed(ByteBuffer in) {
        if (in.remaining() < H2.FRAME_HEAD) {
            return H2.FRAME_HEAD;
        }
        int at = in.position();
        boolean padded = in.get(at + 3) == H2.DATA && (in.get(at + 4) & H2.PADDED) != 0;
        return padded ? H2.FRAME_HEAD + 1 : H2.FRAME_HEAD;
    }

    private void beginData(ByteBuffer in, int bytes, int flags, int id) throws ProtocolException {
        int at = in.position() + H2.FRAME_HEAD;
        frameBytes = bytes;
        dataLeft = bytes;
        paddingLeft = 0;
        if ((flags & H2.PADDED) != 0) {
            paddingLeft = in.get(at++) & 0xff;
            dataLeft = bytes - 1 - paddingLeft;
        }
        if (dataLeft < 0) {
            throw new ProtocolException("a DATA frame of " + bytes + " bytes with " + paddingLeft + " of padding");
        }
        in.position(at);
        stream = id;
        endStream = (flags & H2.END_STREAM) != 0;
        inData = true;
    }

    private void other(ByteBuffer in, int from, int bytes, int type, int flags, int id) throws ProtocolException {
        switch (type) {
            case H2.HEADERS -> headers(in, from, bytes, flags, id);
            case H2.CONTINUATION -> continuation(in, from, bytes, flags);
            case H2.SETTINGS -> {
                expect(type, bytes, bytes % 6 == 0);
                if ((flags & H2.ACK) == 0) {
                    sink.settings(in, from, from + bytes);
                }
            }
            case H2.PING -> {
                expect(type, bytes, bytes == Long.BYTES);
                if ((flags & H2.ACK) == 0) {
                    sink.ping(in.getLong(from));
                }
            }
            case H2.RST_STREAM -> {
                expect(type, bytes, bytes == Integer.BYTES);
                sink.reset(id, in.getInt(from) & 0xffff_ffffL);
            }
            case H2.GOAWAY -> {
                expect(type, bytes, bytes >= 2 * Integer.BYTES);
                sink.goAway(in.getInt(from) & Integer.MAX_VALUE);
            }
            case H2.WINDOW_UPDATE -> {
                expect(type, bytes, bytes == Integer.BYTES);
                sink.windowUpdate(id, in.getInt(from) & Integer.MAX_VALUE);
            }
            case H2.PUSH_PROMISE -> throw new ProtocolException("PUSH_PROMISE (expected: none, it is not allowed)");
            default -> {
                // Frames of unknown types are to be ignored.
            }
        }
    }

    private static void expect(int type, int bytes, boolean right) throws ProtocolException {
        if (!right) {
            throw new ProtocolException("a frame of type " + type + " with " + bytes + " bytes");
        }
    }

    private void headers(ByteBuffer in, int from, int bytes, int flags, int id) throws ProtocolException {
        int begin = from;
        int end = from + bytes;
        if ((flags & H2.PADDED) != 0 && bytes > 0) {
            end -= in.get(begin++) & 0xff;
        }
        if ((flags & H2.PRIORITY) != 0) {
            begin += PRIORITY_BYTES;
        }
        expect(H2.HEADERS, bytes, begin <= end);
        stream = id;
        endStream = (flags & H2.END_STREAM) != 0;
        if ((flags & H2.END_HEADERS) != 0) {
            sink.headers(id, in, begin, end, endStream);
            return;
        }
        inBlock = true;
        block.clear().put(in.slice(begin, end - begin));
    }

    private void continuation(ByteBuffer in, int from, int bytes, int flags) throws ProtocolException {
        expect(H2.CONTINUATION, block.position() + bytes, bytes <= block.remaining());
        block.put(in.slice(from, bytes));
        if ((flags & H2.END_HEADERS) != 0) {
            inBlock = false;
            sink.headers(stream, block, 0, block.position(), endStream);
        }
    }
}
