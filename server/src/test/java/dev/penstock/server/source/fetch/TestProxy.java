package dev.penstock.server.source.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A proxy that connects everybody to one server, whatever they ask for.
final class TestProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    TestProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread _ = Thread.ofPlatform().daemon().name("test-proxy").start(this::run);
    }

    int port() {
        return server.getLocalPort();
    }

    /// The first line of each request.
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void run() {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    Socket behind = new Socket(target.getAddress(), target.getPort())) {
                // Nothing is sent before the answer, so no reader takes what follows.
                BufferedReader head =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                asked.add(String.valueOf(head.readLine()));
                String header = head.readLine();
                while (header != null && !header.isEmpty()) {
                    header = head.readLine();
                }
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread up = Thread.ofVirtual().start(() -> copy(client, behind));
                copy(behind, client);
                up.join();
            } catch (IOException e) {
                // The test ends, or a client went away.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One of them is closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
