package dev.penstock.server.rest;

import dev.penstock.server.rollout.RolloutViewJson;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.store.RolloutEventRecord;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Tells one client what happens in a rollout, as server-sent events, until that is over. None is left out: who
/// reads slowly is told more slowly, and who takes nothing for a while, or is gone, nothing more. For one
/// thread,
/// which may wait.
final class RolloutStream {
    static final String CONTENT_TYPE = "text/event-stream";

    /// Events that are read of the record at a time.
    private static final int AT_A_TIME = 100;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// How often one part is offered.
    private static final int MOST_TRIES = 600;

    /// After as many pauses a stream says that it is there, and after so many it ends: whoever wants more asks
    /// again, from the last number on.
    private static final int PAUSES_TO_BEAT = 30;

    private static final int MOST_PAUSES = 1800;

    private final Rollouts rollouts;
    private final HttpExchange exchange;
    private final String id;
    private long seen;
    private boolean begun;

    /// @param after only events with a greater number
    RolloutStream(Rollouts rollouts, HttpExchange exchange, String id, long after) {
        this.rollouts = rollouts;
        this.exchange = exchange;
        this.id = id;
        this.seen = after;
    }

    /// Returns when there is nothing more to tell, or nobody to tell it to.
    ///
    /// @return the end of the answer
    /// @throws dev.penstock.core.ServingException if there is no such rollout
    Supplier<FullHttpResponse> run() {
        boolean goesOn = true;
        int pauses = 0;
        while (goesOn && pauses < MOST_PAUSES) {
            // First: what happens from here on is told before the end.
            boolean over = rollouts.isOver(id);
            List<RolloutEventRecord> news = rollouts.events(id, seen, AT_A_TIME);
            goesOn = tell(news) && !(over && news.isEmpty());
            if (goesOn && news.isEmpty()) {
                goesOn = pauses % PAUSES_TO_BEAT != 0 || send(": waiting\n\n");
                pauses++;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        // Without content, clients do not ask again by themselves.
        HttpResponseStatus status = begun ? HttpResponseStatus.OK : HttpResponseStatus.NO_CONTENT;
        return () -> Replies.of(status, CONTENT_TYPE, Unpooled.EMPTY_BUFFER);
    }

    /// @return whether all of them were sent
    private boolean tell(List<RolloutEventRecord> news) {
        for (RolloutEventRecord event : news) {
            ObjectNode node = RolloutViewJson.of(event);
            String kind = node.path("kind").asString("");
            if (!send("id: %d\nevent: %s\ndata: %s\n\n".formatted(event.seq(), kind, node))) {
                return false;
            }
            seen = event.seq();
        }
        return !exchange.abandoned();
    }

    /// @return whether the client takes it
    private boolean send(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < MOST_TRIES && !exchange.abandoned(); i++) {
            if (exchange.awaitPart(CONTENT_TYPE, bytes)) {
                begun = true;
                return true;
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
        return false;
    }
}
