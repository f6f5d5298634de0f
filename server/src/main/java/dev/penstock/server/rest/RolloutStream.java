package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
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

/// Tells one client what happens in a rollout, as server-sent events, until that is over. None is left out:
/// who reads slowly is told more slowly, and who takes nothing for a while, or is gone, nothing more. For one
/// thread, which may wait.
final class RolloutStream {
    static final String CONTENT_TYPE = "text/event-stream";

    /// Events that are read of the record at a time.
    private static final int AT_A_TIME = 100;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// How often one part is offered.
    static final int MOST_TRIES = 600;

    /// After as many pauses a stream says that it is there, and after so many it ends: whoever wants more asks
    /// again, from the last number on.
    private static final int PAUSES_TO_BEAT = 30;

    private static final int MOST_PAUSES = 1800;

    private final Events events;
    private final Client client;
    private final int mostTries;
    private long seen;
    private boolean begun;
    private boolean refused;

    /// What happens in the rollout.
    interface Events {
        boolean areOver();

        /// Those with a greater number, the oldest first.
        List<RolloutEventRecord> after(long number, int most);
    }

    /// Who is told.
    interface Client {
        /// Waits until it is sent, or there is no room for it.
        boolean takes(byte[] part);

        boolean isGone();
    }

    /// @param after only events with a greater number
    /// @param mostTries how often one part is offered
    RolloutStream(Events events, Client client, long after, int mostTries) {
        this.events = events;
        this.client = client;
        this.seen = after;
        this.mostTries = mostTries;
    }

    static RolloutStream of(Rollouts rollouts, HttpExchange exchange, String id, long after) {
        Events events = new Events() {
            @Override
            public boolean areOver() {
                return rollouts.isOver(id);
            }

            @Override
            public List<RolloutEventRecord> after(long number, int most) {
                return rollouts.events(id, number, most);
            }
        };
        AnswerParts parts = exchange.parts(CONTENT_TYPE);
        Client client = new Client() {
            @Override
            public boolean takes(byte[] part) {
                return parts.await(part);
            }

            @Override
            public boolean isGone() {
                return exchange.abandoned();
            }
        };
        return new RolloutStream(events, client, after, MOST_TRIES);
    }

    /// Returns when there is nothing more to tell, or nobody to tell it to.
    ///
    /// @return the end of the answer
    /// @throws ServingException if there is no such rollout, or no room for the first part
    Supplier<FullHttpResponse> run() {
        boolean goesOn = true;
        int pauses = 0;
        while (goesOn && pauses < MOST_PAUSES) {
            // First: what happens from here on is told before the end.
            boolean over = events.areOver();
            List<RolloutEventRecord> news = events.after(seen, AT_A_TIME);
            goesOn = tell(news) && !(over && news.isEmpty());
            if (goesOn && news.isEmpty()) {
                goesOn = pauses % PAUSES_TO_BEAT != 0 || send(": waiting\n\n");
                pauses++;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (refused && !begun && !client.isGone()) {
            throw new ServingException(
                    ErrorCode.NOT_READY, "the connection has no room for events (expected: answers are read)");
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
        return !client.isGone();
    }

    /// @return whether the client takes it
    private boolean send(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < mostTries && !client.isGone(); i++) {
            if (client.takes(bytes)) {
                begun = true;
                return true;
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
        refused = true;
        return false;
    }
}
