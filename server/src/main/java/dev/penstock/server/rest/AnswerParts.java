package dev.penstock.server.rest;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Parts of one answer that are sent ahead of [HttpExchange#respond], whose body then is the rest of it and
/// whose status is not sent any more.
final class AnswerParts {
    private static final int PATIENCE_SECONDS = 5;

    private final PipelinedResponses.Slot slot;
    private final EventExecutor executor;
    private final Supplier<HttpResponse> head;

    /// @param executor of the slot's connection
    /// @param head goes before the first part; called by `executor`
    AnswerParts(PipelinedResponses.Slot slot, EventExecutor executor, Supplier<HttpResponse> head) {
        this.slot = slot;
        this.executor = executor;
        this.head = head;
    }

    /// Sends a part, or drops it where the client cannot take it now. Any thread.
    void offer(byte[] bytes) {
        if (!executor.isShuttingDown()) {
            executor.execute(() -> slot.offerPart(head, Unpooled.wrappedBuffer(bytes)));
        }
    }

    /// The same, but waits until it is sent or dropped: not on an event loop.
    ///
    /// @return whether it was sent; if not it may be offered again
    boolean await(byte[] bytes) {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        try {
            executor.execute(() -> sent.complete(slot.offerPart(head, Unpooled.wrappedBuffer(bytes))));
            return sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
            // The loops have ended, or are ending: so does every connection.
            return false;
        }
    }
}
