package dev.penstock.server;

import java.io.IOException;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// What happens in a rollout, asked of the admin API: all of it, of which one answer has a part. For one
/// thread.
final class RolloutEvents {
    private final AdminClient client;
    private final String path;
    private long seen;

    /// @param rollout path of it
    RolloutEvents(AdminClient client, String rollout) {
        this.client = client;
        this.path = rollout + "/events?after=";
    }

    /// Tells what happened since the last time, oldest first.
    ///
    /// @return the last answer
    AdminClient.Answer news(Consumer<JsonNode> taker) throws IOException {
        while (true) {
            AdminClient.Answer answer = client.get(path + seen);
            long before = seen;
            for (JsonNode event : answer.body().path("events")) {
                taker.accept(event);
                seen = Math.max(seen, event.path("seq").asLong(seen));
            }
            if (answer.failed() || seen == before) {
                return answer;
            }
        }
    }
}
