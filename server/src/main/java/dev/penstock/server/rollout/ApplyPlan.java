package dev.penstock.server.rollout;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of routes and rollouts that somebody wants to be so. Immutable.
///
/// @param applied whether they are so now; else they would be, if none is refused
public record ApplyPlan(List<Part> routes, List<Part> rollouts, boolean applied) {
    /// One of them.
    ///
    /// @param route its name, or whose rollout it is
    /// @param id of the rollout, once it has begun; else ""
    /// @param before as it is, nothing left out; of a rollout the last one of its route; null if there is none
    /// @param after as it is to be
    /// @param refused why it cannot be; "" if it can
    public record Part(String route, String id, @Nullable ObjectNode before, ObjectNode after, String refused) {
        /// Whether nothing is to be done.
        boolean isThere() {
            return after.equals(before);
        }

        /// In a word: `unchanged`, `created`, `changed` or `refused`.
        String outcome() {
            if (!refused.isEmpty()) {
                return "refused";
            }
            return isThere() ? "unchanged" : before == null ? "created" : "changed";
        }

        Part begun(String rollout) {
            return new Part(route, rollout, before, after, refused);
        }

        private ObjectNode json(String name) {
            ObjectNode node = object().put(name, route).put("outcome", outcome());
            if (!id.isEmpty()) {
                node.put("id", id);
            }
            if (!refused.isEmpty()) {
                node.put("refused", refused);
            }
            if (before != null) {
                node.set("before", before);
            }
            node.set("after", after);
            return node;
        }
    }

    public ApplyPlan {
        routes = List.copyOf(routes);
        rollouts = List.copyOf(rollouts);
    }

    /// Why nothing of it can be; none if all of it can.
    public List<String> refusals() {
        List<String> all = new ArrayList<>();
        routes.stream().filter(part -> !part.refused().isEmpty()).forEach(part -> all.add(part.refused()));
        rollouts.stream()
                .filter(part -> !part.refused().isEmpty())
                .forEach(part -> all.add("rollout of route '%s': %s".formatted(part.route(), part.refused())));
        return all;
    }

    public ObjectNode json() {
        ObjectNode node = object();
        List<String> refusals = refusals();
        if (!refusals.isEmpty()) {
            node.put("error", "nothing is changed: " + String.join("; ", refusals));
        }
        node.put("applied", applied);
        ArrayNode routed = node.putArray("routes");
        routes.forEach(part -> routed.add(part.json("name")));
        ArrayNode rolled = node.putArray("rollouts");
        rollouts.forEach(part -> rolled.add(part.json("route")));
        return node;
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
