package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Answers that take time, each on a virtual thread of its own, and no more of them at a time than is reasonable.
final class OffLoop {
    static final int MAX_AT_A_TIME = 64;

    private final Semaphore room = new Semaphore(MAX_AT_A_TIME);

    /// @param work may block; what it returns makes the response, on the event loop
    /// @throws ServingException if there is no room for one more
    void answer(HttpExchange exchange, String name, Supplier<Supplier<FullHttpResponse>> work) {
        if (!room.tryAcquire()) {
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "%d requests of this kind are in progress (expected: no more at a time)".formatted(MAX_AT_A_TIME));
        }
        boolean started = false;
        try {
            Thread.ofVirtual().name("http-" + name).start(() -> run(exchange, work));
            started = true;
        } finally {
            if (!started) {
                room.release();
            }
        }
    }

    private void run(HttpExchange exchange, Supplier<Supplier<FullHttpResponse>> work) {
        Supplier<FullHttpResponse> response;
        try {
            response = work.get();
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            response = () -> exchange.failed(e);
        } finally {
            room.release();
        }
        exchange.respond(response);
    }
}
