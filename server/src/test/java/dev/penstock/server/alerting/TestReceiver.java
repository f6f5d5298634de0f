package dev.penstock.server.alerting;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/// Takes what is posted to it, over a real socket.
public final class TestReceiver implements AutoCloseable {
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private final HttpServer server;
    private final IntUnaryOperator statuses;
    private final List<Post> posts = new CopyOnWriteArrayList<>();

    /// @param headers by name in lower case
    public record Post(String path, Map<String, String> headers, String body, int status) {
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// @param statuses of the answers, by how many there were before
    public TestReceiver(IntUnaryOperator statuses) {
        this.statuses = statuses;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = exchange.getRequestHeaders().entrySet().stream()
                    .collect(Collectors.toMap(
                            one -> one.getKey().toLowerCase(Locale.ROOT), one -> String.join(", ", one.getValue())));
            int status = statuses.applyAsInt(posts.size());
            posts.add(new Post(exchange.getRequestURI().getPath(), headers, body, status));
            exchange.sendResponseHeaders(status, -1);
        }
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    public List<Post> posts() {
        return List.copyOf(posts);
    }

    public List<Post> accepted() {
        return posts.stream().filter(post -> post.status() / 100 == 2).toList();
    }

    /// @throws IllegalStateException if that never comes true
    public static void await(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IllegalStateException("never: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
