package dev.penstock.server.source.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A web server on loopback whose every byte a test decides, one connection per request.
final class TestWeb implements AutoCloseable {
    private final ServerSocket server;
    private final Handler handler;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Thread thread;

    /// @param headers by name in lower case
    record Request(String method, String target, Map<String, String> headers) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    interface Handler {
        /// The connection is closed after it.
        void answer(Request request, OutputStream out) throws IOException;
    }

    TestWeb(Handler handler) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.handler = handler;
        this.thread = Thread.ofPlatform().daemon().name("test-web").start(this::run);
    }

    int port() {
        return server.getLocalPort();
    }

    String host() {
        return "127.0.0.1:" + port();
    }

    String uri(String path) {
        return "http://" + host() + path;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    /// A whole answer with its length.
    static void reply(OutputStream out, int status, String headers, byte[] body) throws IOException {
        head(out, status, headers + "Content-Length: " + body.length + "\r\n");
        out.write(body);
    }

    static void reply(OutputStream out, int status, String headers, String body) throws IOException {
        reply(out, status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /// @param headers each with its line's end
    static void head(OutputStream out, int status, String headers) throws IOException {
        out.write(("HTTP/1.1 " + status + " X\r\n" + headers + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private void run() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                Request request = read(socket);
                requests.add(request);
                handler.answer(request, socket.getOutputStream());
                socket.shutdownOutput();
            } catch (IOException e) {
                // The client went away, or the test is over.
            }
        }
    }

    private static Request read(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        String first = in.readLine();
        if (first == null) {
            throw new IOException("nothing was asked");
        }
        String[] words = first.split(" ", -1);
        Map<String, String> headers = new TreeMap<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(words[0], words[1], headers);
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
