package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Observation.Readiness;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Whether candidates can serve on a server that does not drive their rollout, as it says to the one that does.
/// Immutable.
///
/// @param arms those that cannot; all others can
record Standing(String server, Map<String, Readiness> arms) {
    /// No JSON: who knows nothing of this cannot take it for what a server counted.
    private static final String MARK = "standing ";

    Standing {
        arms = Map.copyOf(arms);
    }

    /// @param row of the tallies of a rollout
    static boolean is(String row) {
        return row.startsWith(MARK);
    }

    /// As such a row.
    String write() {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("server", server);
        ObjectNode all = node.putObject("arms");
        arms.forEach((arm, one) ->
                all.putObject(arm).put("state", one.state().name()).put("detail", one.detail()));
        return MARK + node;
    }

    /// What [#write] wrote.
    ///
    /// @throws ServingException with INTERNAL if this release cannot read it
    static Standing read(String row) {
        try {
            JsonNode node = JsonMapper.shared().readTree(row.substring(MARK.length()));
            Map<String, Readiness> arms = new HashMap<>();
            node.path("arms").properties().forEach(each -> arms.put(each.getKey(), readiness(each.getValue())));
            return new Standing(node.path("server").asString(), arms);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "what a server says of candidates cannot be read: "
                            + e.getClass().getSimpleName());
        }
    }

    private static Readiness readiness(JsonNode node) {
        return new Readiness(
                Readiness.State.valueOf(node.path("state").asString()),
                node.path("detail").asString());
    }
}
