package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/// Answers every gRPC call with the message that it brought, and does nothing else: what the engine is
/// measured against, so that what is measured is the engine. One thread serves all connections.
///
/// A message must come in one DATA frame, and clients must give large windows, as load generators do; others
/// lose their call or their connection.
public final class EchoServer implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final ServerSocketChannel listener;
    private final Selector selector;

    /// Listens from now on.
    ///
    /// @param address port 0 for any that is free
    /// @throws IOException if that cannot be
    public EchoServer(InetSocketAddress address) throws IOException {
        this.listener = ServerSocketChannel.open();
        this.selector = Selector.open();
        listener.bind(address, BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /// @throws IOException if it is closed
    public int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /// Serves until another thread calls [#close]. Blocks.
    ///
    /// @throws IOException if sockets cannot be waited for
    public void run() throws IOException {
        try {
            while (selector.isOpen()) {
                selector.select(this::handle);
            }
        } catch (ClosedSelectorException _) {
            // That is the end.
        }
    }

    private void handle(SelectionKey key) {
        if (key.attachment() instanceof EchoConnection connection) {
            connection.handle(key);
        } else {
            accept();
        }
    }

    private void accept() {
        try {
            SocketChannel accepted = listener.accept();
            if (accepted != null) {
                accepted.configureBlocking(false);
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                accepted.register(selector, SelectionKey.OP_READ, new EchoConnection(accepted));
            }
        } catch (IOException _) {
            // The client is gone again, or the server was closed.
        }
    }

    /// Ends [#run] and all connections. Any thread may call it, also more than once.
    @Override
    public synchronized void close() throws IOException {
        if (!selector.isOpen()) {
            return;
        }
        listener.close();
        for (SelectionKey key : List.copyOf(selector.keys())) {
            key.channel().close();
        }
        selector.close();
    }
}
