package dev.penstock.server.routing;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A route that somebody wants to be so while a rollout runs on it: what is not spoken of is the rollout's. Pure.
final class RolledRoute {
    private static final String DEFAULT = "default";
    private static final String TARGET = "target";

    /// What a rollout makes of a route.
    private static final List<String> ITS_OWN = List.of("candidates", "shadows", "assignment");

    private RolledRoute() {}

    /// @param there as the server has it
    /// @param wanted as somebody wants it
    /// @return `wanted` with what is the rollout's as it is; a new one
    static ObjectNode of(JsonNode there, ObjectNode wanted) {
        ObjectNode next = wanted.deepCopy();
        for (String field : ITS_OWN) {
            JsonNode now = there.get(field);
            // What is left out is empty, or as it usually is.
            if (now != null && (!next.path(field).isArray() || next.path(field).isEmpty())) {
                next.set(field, now);
            }
        }
        JsonNode now = there.path(DEFAULT);
        JsonNode asked = next.path(DEFAULT);
        // Who answers requests that name no version is pinned when a rollout begins.
        boolean pinned = now.path("arm").equals(asked.path("arm"))
                && now.path(TARGET).asString("").startsWith(asked.path(TARGET).asString("") + "@");
        if (pinned) {
            next.set(DEFAULT, now);
        }
        return next;
    }
}
