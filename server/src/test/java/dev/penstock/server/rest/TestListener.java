package dev.penstock.server.rest;

import dev.penstock.core.NanoClock;
import dev.penstock.server.fast.ByteBudget;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// A listener whose answers show what arrived: `/hold` waits for the test, `/fail` throws, `/body` answers
/// with the body's length and hash, `/large` with much, and everything else with method and path.
final class TestListener implements AutoCloseable {
    static final int MAX_BODY = 1 << 20;

    /// Bytes of the answer to `/large`.
    static final int LARGE = 900_000;
    static final HttpLimits LIMITS = HttpLimits.DEFAULT.withMaxBody(MAX_BODY, "test.max-body");

    /// What `/wait` waits for, off the event loop.
    final Semaphore gate = new Semaphore(0);

    /// How many have asked for `/large`.
    final AtomicInteger large = new AtomicInteger();

    final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();

    /// What inferences for `echo` go to; `/v2/models/other/infer` goes where everything goes.
    final EchoModels models = new EchoModels("echo", 2);

    /// Twice what a request may have.
    final ByteBudget budget = new ByteBudget(2 * MAX_BODY, "in-flight.max-bytes");

    private final OffLoop offLoop = new OffLoop();
    private final EventLoops loops = EventLoops.start(1);
    private HttpListener listener = listen(LIMITS);

    private HttpListener listen(HttpLimits limits) {
        try {
            return HttpListener.start(loops, "127.0.0.1", 0, limits, this::handle, models, budget, NanoClock.SYSTEM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void restart(HttpLimits limits) {
        listener.close();
        listener = listen(limits);
    }

    HttpListener listener() {
        return listener;
    }

    EventLoops loops() {
        return loops;
    }

    int port() {
        return listener.port();
    }

    private void handle(HttpExchange exchange) {
        if (exchange.path().equals("/wait")) {
            offLoop.answer(exchange, "test", () -> {
                gate.acquireUninterruptibly();
                return text("through");
            });
            return;
        }
        switch (exchange.path()) {
            case "/hold" -> held.add(exchange);
            case "/fail" -> throw new IllegalStateException("meant by the test");
            case "/overflow" -> throw new StackOverflowError("meant by the test");
            case "/exhaust" ->
                exchange.respond(() -> Replies.ok(json -> {
                    throw new OutOfMemoryError("meant by the test");
                }));
            case "/exhaust-later" ->
                offLoop.answer(exchange, "test", () -> {
                    throw new OutOfMemoryError("meant by the test");
                });
            case "/large" -> {
                large.incrementAndGet();
                exchange.respond(text("l".repeat(LARGE)));
            }
            case "/body" -> {
                byte[] bytes = new byte[exchange.body().readableBytes()];
                exchange.body().getBytes(exchange.body().readerIndex(), bytes);
                exchange.respond(text(bytes.length + ":" + Arrays.hashCode(bytes)));
            }
            default -> exchange.respond(text(exchange.method() + " " + exchange.path()));
        }
    }

    HttpExchange nextHeld() throws InterruptedException {
        HttpExchange exchange = held.poll(120, TimeUnit.SECONDS);
        if (exchange == null) {
            throw new AssertionError("no request arrived");
        }
        return exchange;
    }

    /// Waits until what is held leaves no room.
    void awaitFull() throws InterruptedException {
        while (!budget.isFull()) {
            Thread.sleep(10);
        }
    }

    static Supplier<FullHttpResponse> text(String text) {
        return () ->
                Replies.of(HttpResponseStatus.OK, "text/plain", Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    @Override
    public void close() {
        listener.close();
        loops.close();
    }
}
