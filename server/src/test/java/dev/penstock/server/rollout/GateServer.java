package dev.penstock.server.rollout;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Answers questions of gates as a test says, over a real socket.
final class GateServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);

    /// What was asked, in order.
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    /// What it answers from here on.
    volatile Answer answer = Answer.of("{}");

    /// @param headers by name in lower case
    record Asked(String path, Map<String, String> headers, String body) {}

    /// @param promised bytes of the body that are announced; more than there are never end
    record Answer(int status, Map<String, String> headers, String body, int promised) {
        static Answer of(String body) {
            return of(200, body);
        }

        static Answer of(int status, String body) {
            return new Answer(status, Map.of(), body, body.length());
        }

        /// The head, and then nothing.
        static Answer endless() {
            return new Answer(200, Map.of(), "{", 100);
        }

        static Answer redirect(String to) {
            return new Answer(302, Map.of("Location", to), "", 0);
        }
    }

    GateServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
            Answer said = answer;
            asked.add(new Asked(exchange.getRequestURI().getPath(), headers, body));
            said.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            byte[] bytes = said.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(said.status(), said.promised() == 0 ? -1 : said.promised());
            if (said.promised() > 0) {
                exchange.getResponseBody().write(bytes);
                exchange.getResponseBody().flush();
            }
            if (said.promised() > bytes.length) {
                closing.await();
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String url(String path) {
        return url() + path;
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.close();
    }
}
