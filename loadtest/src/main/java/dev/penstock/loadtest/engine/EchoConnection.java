package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One connection of an [EchoServer], whose thread alone touches it.
final class EchoConnection implements H2Sink {
    private static final int PREFACE_BYTES = 24;
    private static final int INPUT_BYTES = 64 * 1024;

    /// The shortest call that can be asked for takes more than a quarter of what its answer takes.
    private static final int OUTPUT_BYTES = 4 * INPUT_BYTES;

    private static final int TELL_AT = 1 << 28;
    private static final int OK_ENTRY = 0x88;
    private static final int CONTENT_TYPE_ENTRY = 31 - 15;

    /// `:status: 200`, `content-type: application/grpc`.
    private static final byte[] HEAD = H2.frame(H2.HEADERS, H2.END_HEADERS, head());

    /// `grpc-status: 0`.
    private static final byte[] TRAILERS = H2.frame(
            H2.HEADERS,
            H2.END_HEADERS | H2.END_STREAM,
            "\0\u000bgrpc-status\u00010".getBytes(StandardCharsets.US_ASCII));

    private final SocketChannel channel;
    private final H2FrameReader reader = new H2FrameReader(this);
    private final ByteBuffer in = ByteBuffer.allocateDirect(INPUT_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(OUTPUT_BYTES);

    /// Of the DATA frame at hand.
    private final ByteBuffer message = ByteBuffer.allocate(H2.DEFAULT_FRAME);

    private boolean greeted;

    /// The socket takes no more for now.
    private boolean blocked;

    private int untold;
    private long window = H2.DEFAULT_WINDOW;
    private long streamWindow = H2.DEFAULT_WINDOW;

    EchoConnection(SocketChannel channel) {
        this.channel = channel;
        H2.head(out, Short.BYTES + Integer.BYTES, H2.SETTINGS, 0, 0);
        out.putShort((short) H2.INITIAL_WINDOW_SIZE).putInt(H2.OUR_WINDOW);
        H2.windowUpdate(out, 0, H2.OUR_WINDOW - H2.DEFAULT_WINDOW);
    }

    private static byte[] head() {
        byte[] type = "application/grpc".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(4 + type.length)
                .put((byte) OK_ENTRY)
                .put((byte) 0x0f)
                .put((byte) CONTENT_TYPE_ENTRY)
                .put((byte) type.length)
                .put(type)
                .array();
    }

    /// The socket can do something.
    void handle(SelectionKey key) {
        try {
            // While answers wait to be sent nothing is read, so that they have room.
            if (out.position() == 0 || !greeted) {
                read();
            }
            if (out.position() > 0) {
                channel.write(out.flip());
                out.compact();
                boolean room = out.position() == 0;
                if (room == blocked) {
                    blocked = !room;
                    key.interestOps(room ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
                }
            }
        } catch (IOException | ProtocolException _) {
            close();
        }
    }

    private void read() throws IOException, ProtocolException {
        if (channel.read(in) < 0) {
            throw new IOException("the client closed the connection");
        }
        in.flip();
        if (!greeted && in.remaining() >= PREFACE_BYTES) {
            greeted = true;
            in.position(PREFACE_BYTES);
        }
        if (greeted) {
            reader.read(in);
        }
        in.compact();
    }

    private void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It is given up either way.
        }
    }

    @Override
    public void headers(int stream, ByteBuffer block, int from, int to, boolean endStream) {
        // Whatever is called, it is answered the same.
    }

    @Override
    public void data(int stream, ByteBuffer from, int bytes) {
        message.put(from.slice(from.position(), bytes));
    }

    @Override
    public void dataEnd(int stream, int frameBytes, boolean endStream) throws ProtocolException {
        untold += frameBytes;
        if (untold > TELL_AT) {
            H2.windowUpdate(out, 0, untold);
            untold = 0;
        }
        int bytes = message.flip().remaining();
        if (!endStream || bytes > streamWindow) {
            H2.reset(out, stream, H2.CANCEL);
        } else {
            answer(stream, bytes);
        }
        message.clear();
    }

    private void answer(int stream, int bytes) throws ProtocolException {
        window -= bytes;
        if (window < 0) {
            throw new ProtocolException("the client gives no room for answers");
        }
        int at = out.position();
        out.put(HEAD).putInt(at + H2.STREAM_AT, stream);
        H2.head(out, bytes, H2.DATA, 0, stream);
        out.put(message);
        at = out.position();
        out.put(TRAILERS).putInt(at + H2.STREAM_AT, stream);
    }

    @Override
    public void settings(ByteBuffer from, int begin, int end) {
        for (int at = begin; at < end; at += Short.BYTES + Integer.BYTES) {
            if (from.getShort(at) == H2.INITIAL_WINDOW_SIZE) {
                streamWindow = from.getInt(at + Short.BYTES);
            }
        }
        H2.settingsAck(out);
    }

    @Override
    public void ping(long content) {
        H2.pingAck(out, content);
    }

    @Override
    public void windowUpdate(int stream, int increment) {
        window += stream == 0 ? increment : 0;
    }

    @Override
    public void reset(int stream, long error) {
        // Its answer is sent already.
    }

    @Override
    public void goAway(int lastStream) {
        // It closes when it is done.
    }
}
