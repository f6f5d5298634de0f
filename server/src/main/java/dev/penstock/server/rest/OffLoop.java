package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.upload.Places;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.function.Supplier;

/// Answers that take time, each on a virtual thread of its own, and no more of them at a time than is
/// reasonable.
final class OffLoop {
    static final int MAX_AT_A_TIME = 64;

    private final Places room;

    OffLoop() {
        this(new Places(MAX_AT_A_TIME));
    }

    /// @param room how many at a time, together with others who take places there
    OffLoop(Places room) {
        this.room = room;
    }

    /// @param work may block; what it returns makes the response, on the event loop
    /// @throws ServingException if there is no room for one more
    void answer(HttpExchange exchange, String name, Supplier<Supplier<FullHttpResponse>> work) {
        start(name, () -> run(exchange, work));
    }

    /// Prepares an exchange before it is handled.
    ///
    /// @param work may block
    /// @param then what follows, on the event loop
    /// @throws ServingException if there is no room for one more
    void prepare(HttpExchange exchange, String name, Runnable work, Runnable then) {
        start(name, () -> {
            try {
                work.run();
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                exchange.respond(() -> exchange.failed(e));
                return;
            } finally {
                room.give();
            }
            exchange.onLoop(then);
        });
    }

    private void start(String name, Runnable work) {
        room.take();
        boolean started = false;
        try {
            Thread.ofVirtual().name("http-" + name).start(work);
            started = true;
        } finally {
            if (!started) {
                room.give();
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
            room.give();
        }
        exchange.respond(response);
    }
}
