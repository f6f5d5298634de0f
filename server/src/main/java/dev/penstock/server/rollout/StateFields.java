package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What only a newer release knows of a rollout's state: it stays as that recorded it, whoever drives the
/// rollout. What is within fields that are known is [StateShape]'s matter. Pure.
final class StateFields {
    /// All that [StateJson] writes.
    private static final Set<String> KNOWN = Set.of(
            "phase",
            "step",
            "ticked",
            "started",
            "stepBegan",
            "phaseBegan",
            "weighed",
            "shadow",
            "promoted",
            "latched",
            "reason",
            "detail",
            "events",
            "waits",
            "weights",
            "dropped",
            "droppedFor",
            "refuted",
            "told",
            "findings",
            "recent",
            "past",
            "sources",
            "epochs",
            "gates",
            "untold");

    private StateFields() {}

    /// @param json as it is recorded
    /// @throws ServingException with INTERNAL if this release cannot read it
    static ObjectNode unknown(String json) {
        try {
            JsonNode node = JsonMapper.shared().readTree(json);
            return node instanceof ObjectNode object
                    ? object.remove(KNOWN)
                    : JsonMapper.shared().createObjectNode();
        } catch (JacksonException e) {
            throw StateJson.unreadable(e);
        }
    }

    /// What this release says itself counts.
    static void keep(ObjectNode state, ObjectNode unknown) {
        unknown.properties().forEach(field -> {
            if (!state.has(field.getKey())) {
                state.set(field.getKey(), field.getValue());
            }
        });
    }
}
