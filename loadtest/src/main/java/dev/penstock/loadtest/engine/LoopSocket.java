package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A socket that never blocks, and what waits to be written to it. Closed, it can be connected anew. Confined
/// to one loop.
final class LoopSocket {
    /// What is to be written.
    final ByteBuffer out;

    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private boolean roomAwaited;

    /// @param outBytes how much may wait to be written
    LoopSocket(int outBytes) {
        this.out = ByteBuffer.allocateDirect(outBytes);
    }

    /// Begins to connect.
    ///
    /// @param attachment of the selector's key
    void connect(InetSocketAddress target, Selector selector, Object attachment) throws IOException {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        opened.connect(target);
        key = opened.register(selector, SelectionKey.OP_CONNECT, attachment);
    }

    /// Whether it is this one's, and of its last connection.
    @SuppressWarnings("ReferenceEquality") // A key is that key or another.
    boolean has(SelectionKey selected) {
        return key == selected;
    }

    boolean isConnected() {
        return channel != null && channel.isConnected();
    }

    void finishConnect() throws IOException {
        if (channel != null && key != null) {
            boolean _ = channel.finishConnect();
            SelectionKey _ = key.interestOps(SelectionKey.OP_READ);
        }
    }

    /// @throws IOException if there will not be any more
    int read(ByteBuffer in) throws IOException {
        int bytes = channel == null ? -1 : channel.read(in);
        if (bytes < 0) {
            throw new IOException("the server closed the connection");
        }
        return bytes;
    }

    /// Writes what it takes of [#out].
    ///
    /// @return how many bytes that were
    int write() throws IOException {
        if (channel == null || key == null) {
            return 0;
        }
        out.flip();
        int bytes = channel.write(out);
        boolean all = !out.hasRemaining();
        out.compact();
        if (roomAwaited == all) {
            roomAwaited = !all;
            SelectionKey _ = key.interestOps(all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
        return bytes;
    }

    /// Whether it did not take all, and will be selected when it takes more.
    boolean isRoomAwaited() {
        return roomAwaited;
    }

    void close() {
        SocketChannel closing = channel;
        channel = null;
        key = null;
        roomAwaited = false;
        out.clear();
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException _) {
                // It is given up either way.
            }
        }
    }
}
