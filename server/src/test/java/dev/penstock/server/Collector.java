package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/// A collector of OTLP over HTTP with protobuf: keeps the spans that it is sent.
final class Collector implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = Collections.synchronizedList(new ArrayList<>());
    private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());

    private final Semaphore arrived = new Semaphore(0);

    /// How many exports are still to be refused, and how.
    private final AtomicInteger refusals = new AtomicInteger();

    private final int refusal;

    /// @param resource attributes of what sent it
    record Span(
            String traceId,
            String spanId,
            String parentId,
            String traceState,
            String name,
            long kind,
            long startNanos,
            long endNanos,
            Map<String, String> attributes,
            Map<String, String> resource,
            long status) {}

    Collector() throws IOException {
        this(0, 0);
    }

    /// @param refused exports that are refused first
    /// @param status with which
    Collector(int refused, int status) throws IOException {
        refusals.set(refused);
        refusal = status;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<String> authorizations() {
        return authorizations;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = exchange.getRequestBody()) {
            boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"));
            byte[] bytes = gzip ? new GZIPInputStream(body).readAllBytes() : body.readAllBytes();
            if (refusals.getAndDecrement() > 0) {
                exchange.sendResponseHeaders(refusal, -1);
                return;
            }
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
            read(UnknownFieldSet.parseFrom(bytes));
            exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void read(UnknownFieldSet export) {
        for (UnknownFieldSet resourceSpans : messages(export, 1)) {
            Map<String, String> resource = attributes(messages(resourceSpans, 1).getFirst(), 1);
            for (UnknownFieldSet scopeSpans : messages(resourceSpans, 2)) {
                messages(scopeSpans, 2).forEach(span -> {
                    spans.add(span(span, resource));
                    arrived.release();
                });
            }
        }
    }

    private static Span span(UnknownFieldSet span, Map<String, String> resource) {
        List<UnknownFieldSet> status = messages(span, 15);
        List<Long> codes = status.isEmpty()
                ? List.of()
                : status.getFirst().getField(3).getVarintList();
        return new Span(
                hex(span, 1),
                hex(span, 2),
                hex(span, 4),
                text(span, 3),
                text(span, 5),
                span.getField(6).getVarintList().getFirst(),
                span.getField(7).getFixed64List().getFirst(),
                span.getField(8).getFixed64List().getFirst(),
                attributes(span, 9),
                resource,
                codes.isEmpty() ? 0 : codes.getFirst());
    }

    private static Map<String, String> attributes(UnknownFieldSet owner, int field) {
        Map<String, String> attributes = new HashMap<>();
        for (UnknownFieldSet attribute : messages(owner, field)) {
            UnknownFieldSet value = messages(attribute, 2).getFirst();
            String number = value.hasField(3)
                    ? Long.toString(value.getField(3).getVarintList().getFirst())
                    : text(value, 1);
            attributes.put(text(attribute, 1), number);
        }
        return attributes;
    }

    private static List<UnknownFieldSet> messages(UnknownFieldSet owner, int field) {
        List<UnknownFieldSet> messages = new ArrayList<>();
        for (ByteString bytes : owner.getField(field).getLengthDelimitedList()) {
            try {
                messages.add(UnknownFieldSet.parseFrom(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return messages;
    }

    private static String text(UnknownFieldSet owner, int field) {
        List<ByteString> values = owner.getField(field).getLengthDelimitedList();
        return values.isEmpty() ? "" : values.getFirst().toString(StandardCharsets.UTF_8);
    }

    private static String hex(UnknownFieldSet owner, int field) {
        List<ByteString> values = owner.getField(field).getLengthDelimitedList();
        return values.isEmpty()
                ? ""
                : HexFormat.of().formatHex(values.getFirst().toByteArray());
    }

    /// Waits until so many spans have come since the last time. Those of a server come when it is closed at the latest.
    void await(int count) throws InterruptedException {
        assertThat(arrived.tryAcquire(count, 60, TimeUnit.SECONDS))
                .as("%d spans among %s", count, spans)
                .isTrue();
    }

    /// All that came so far.
    List<Span> spans() {
        return List.copyOf(spans);
    }

    Span server(String requestId) {
        return spans().stream()
                .filter(span -> requestId.equals(span.attributes().get("penstock.request_id")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span of " + requestId + " in " + spans()));
    }

    List<Span> childrenOf(Span parent) {
        return spans().stream()
                .filter(span -> span.parentId().equals(parent.spanId()))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
