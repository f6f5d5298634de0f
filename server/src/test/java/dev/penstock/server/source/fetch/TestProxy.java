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

/// A proxy that leads everybody to one server, whatever they ask for: those that it knows, if it wants to know.
final class TestProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final String login;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    TestProxy(InetSocketAddress target) throws IOException {
        this(target, "");
    }

    /// @param login what `Proxy-Authorization` has to be, or "" if it does not matter
    TestProxy(InetSocketAddress target, String login) throws IOException {
        this.target = target;
        this.login = login;
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
                String first = String.valueOf(head.readLine());
                asked.add(first);
                StringBuilder passedOn = new StringBuilder(first.replaceFirst("http://[^/]*", "") + "\r\n");
                boolean known = login.isEmpty();
                for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
                    if (line.startsWith("Proxy-Authorization: ")) {
                        known |= line.endsWith(": " + login);
                    } else {
                        passedOn.append(line).append("\r\n");
                    }
                }
                if (!known) {
                    say(client, "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
                    continue;
                }
                if (first.startsWith("CONNECT ")) {
                    say(client, "HTTP/1.1 200 OK\r\n\r\n");
                } else {
                    say(behind, passedOn + "\r\n");
                }
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

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
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
