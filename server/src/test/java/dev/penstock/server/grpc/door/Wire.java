package dev.penstock.server.grpc.door;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 client of a few lines that sends what it is told to, right or wrong.
public final class Wire implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    public static final int ACK = 1;
    public static final int PADDED = 8;
    public static final int PRIORITIZED = 0x20;

    public static final int ENHANCE_YOUR_CALM = 11;
    public static final int PROTOCOL_ERROR = 1;
    public static final int FLOW_CONTROL_ERROR = 3;

    public final Socket socket;
    final OutputStream out;
    public final List<Frame> seen = new ArrayList<>();
    private final DataInputStream in;

    public record Frame(int type, int flags, int stream, List<Byte> payload) {
        public int size() {
            return payload.size();
        }

        public int intAt(int index) {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                value = value << 8 | (payload.get(index + i) & 0xff);
            }
            return value;
        }

        /// The payload as text: literals of a header block can be found in it.
        public String text() {
            StringBuilder text = new StringBuilder();
            payload.forEach(octet -> text.append((char) (octet & 0xff)));
            return text.toString();
        }
    }

    /// One that has not said a word yet.
    public Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(120_000);
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /// @param window the initial window of the streams' answers
    public Wire(int port, int window) throws IOException {
        this(port);
        preface();
        settings(4, window);
    }

    void preface() throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /// A whole request on a stream of its own.
    public void ask(int stream, byte... body) throws IOException {
        open(stream);
        frame(DATA, END_STREAM, stream, body);
    }

    public void settings(int id, int value) throws IOException {
        frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6).putShort((short) id).putInt(value).array());
    }

    /// A block of the pseudo headers of an inference call and what gRPC asks for.
    public static ByteArrayOutputStream block() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        path(block, RequestHeaders.INFER.toString());
        grpc(block);
        return block;
    }

    static void path(ByteArrayOutputStream block, String path) {
        block.write(4);
        string(block, path);
    }

    static void grpc(ByteArrayOutputStream block) {
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
    }

    public static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        string(block, name);
        string(block, value);
    }

    private static void string(ByteArrayOutputStream block, String text) {
        if (text.length() > 126) {
            throw new IllegalArgumentException(text.length() + " characters (expected: at most 126)");
        }
        block.write(text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    public void open(int id) throws IOException {
        headers(id, 0, block());
    }

    public void headers(int id, int flags, ByteArrayOutputStream block) throws IOException {
        frame(HEADERS, END_HEADERS | flags, id, block.toByteArray());
    }

    public void frame(int type, int flags, int stream, byte... payload) throws IOException {
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        out.write(ByteBuffer.allocate(4).putInt(stream).array());
        out.write(payload);
    }

    public void intFrame(int type, int stream, int value) throws IOException {
        frame(type, 0, stream, ByteBuffer.allocate(4).putInt(value).array());
    }

    public Frame next() throws IOException {
        flush();
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        List<Byte> payload = new ArrayList<>(length);
        for (byte octet : in.readNBytes(length)) {
            payload.add(octet);
        }
        Frame frame = new Frame(type, flags, stream, payload);
        seen.add(frame);
        return frame;
    }

    // To a peer that has closed nothing can be sent, but what it sent before can be read.
    private void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            // What there is to read says why.
        }
    }

    public Frame await(int type, int stream) throws IOException {
        while (true) {
            Frame frame = next();
            if (frame.type() == type && frame.stream() == stream) {
                return frame;
            }
        }
    }

    /// The code of the GOAWAY that comes before the connection ends, or -1 if none comes.
    public int goAway() {
        try {
            while (true) {
                Frame frame = next();
                if (frame.type() == GOAWAY) {
                    return frame.intAt(4);
                }
            }
        } catch (IOException e) {
            return seen.stream()
                    .filter(frame -> frame.type() == GOAWAY)
                    .map(frame -> frame.intAt(4))
                    .findFirst()
                    .orElse(-1);
        }
    }

    /// Whether the server ends the connection.
    public boolean isClosed() throws IOException {
        try {
            while (true) {
                next();
            }
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    /// What a stream was answered.
    public record Answer(int dataBytes, String trailers, boolean reset) {
        public boolean isOk() {
            return !reset && trailers.endsWith("grpc-status\u00010");
        }
    }

    public Answer answer(int stream) throws IOException {
        int bytes = 0;
        @Nullable Frame last = null;
        while (last == null) {
            Frame frame = next();
            if (frame.stream() != stream || frame.type() == WINDOW_UPDATE) {
                continue;
            }
            if (frame.type() == RST_STREAM) {
                return new Answer(bytes, "", true);
            }
            bytes += frame.type() == DATA ? frame.size() : 0;
            last = (frame.flags() & END_STREAM) != 0 ? frame : null;
        }
        return new Answer(bytes, last.text(), false);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
