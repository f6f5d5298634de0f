package dev.penstock.loadtest.engine;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Speaks HTTP/2 frame by frame, as a script says, so that it can say what no decent server would.
final class FrameServer implements AutoCloseable {
    /// What the headers of an OK answer, its trailers and those of a failure without answer look like.
    static final String OK_HEAD = "88";

    static final String OK_TRAILERS = "000b677270632d7374617475730130";
    static final String NOT_FOUND_ONLY = "88000b677270632d7374617475730135";

    /// A gRPC message of three bytes.
    static final String MESSAGE = "0000000003010203";

    /// Writes what comes back for a request.
    interface Script {
        /// @param connection counting from 0
        void answer(int connection, int stream, OutputStream out) throws IOException;
    }

    /// Types of all frames that came but HEADERS and DATA, with their content.
    final List<String> seen = new CopyOnWriteArrayList<>();

    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Script script;
    private final byte[] settings;

    /// @param settings the content of the SETTINGS frame
    FrameServer(String settings, Script script) throws IOException {
        this.script = script;
        this.settings = frame(H2.SETTINGS, 0, 0, settings);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    static byte[] frame(int type, int flags, int stream, String content) {
        byte[] bytes = HexFormat.of().parseHex(content);
        ByteBuffer frame = ByteBuffer.allocate(H2.FRAME_HEAD + bytes.length);
        H2.head(frame, bytes.length, type, flags, stream);
        return frame.put(bytes).array();
    }

    static void answerOk(int stream, OutputStream out) throws IOException {
        out.write(frame(H2.HEADERS, H2.END_HEADERS, stream, OK_HEAD));
        out.write(frame(H2.DATA, 0, stream, MESSAGE));
        out.write(frame(H2.HEADERS, H2.END_HEADERS | H2.END_STREAM, stream, OK_TRAILERS));
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                int connection = sockets.size();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(connection, socket));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(int connection, Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            in.skipNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
            out.write(settings);
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                int type = lengthAndType & 0xff;
                byte[] content = in.readNBytes(lengthAndType >>> 8);
                if (type == H2.DATA && (flags & H2.END_STREAM) != 0) {
                    script.answer(connection, stream, out);
                } else if (type != H2.HEADERS && type != H2.DATA) {
                    seen.add(type + ":" + flags + ":" + HexFormat.of().formatHex(content));
                }
            }
        } catch (IOException e) {
            // The client or a test closed it.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
