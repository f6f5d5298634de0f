package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What rollouts made of a route, among the fields of its JSON. Pure.
final class RolledJson {
    private RolledJson() {}

    /// @param route without it
    static Rolled read(Fields fields, RouteSpec route) {
        String id = fields.text(RouteJson.ROLLOUT, "");
        Set<String> arms = fields.has(RouteJson.ROLLED_ARMS)
                ? Set.copyOf(fields.list(RouteJson.ROLLED_ARMS, arm -> Fields.text(arm, FieldPath.HERE)))
                : id.isEmpty() ? Set.of() : supposed(route);
        return new Rolled(id, observed(fields), arms);
    }

    private static boolean observed(Fields fields) {
        JsonNode observed = fields.get(RouteJson.OBSERVED);
        if (observed != null && !observed.isBoolean()) {
            throw Fields.invalid(FieldPath.of(RouteJson.OBSERVED), Fields.shown(observed), "true or false");
        }
        return observed != null && observed.asBoolean();
    }

    /// As releases wrote them that did not say whose arms they are: a rollout left no candidates but its own.
    private static Set<String> supposed(RouteSpec route) {
        Set<String> arms = new HashSet<>();
        for (CandidateSpec candidate : route.candidates()) {
            String name = candidate.arm().name();
            arms.add(name);
            for (ShadowSpec shadow : route.shadows()) {
                boolean beside = shadow.arm().name().equals(name + "-shadow")
                        && shadow.arm().target().equals(candidate.arm().target());
                if (beside) {
                    arms.add(shadow.arm().name());
                }
            }
        }
        return arms;
    }

    static void write(ObjectNode node, Rolled rolled) {
        if (rolled.id().isEmpty()) {
            return;
        }
        node.put(RouteJson.ROLLOUT, rolled.id());
        if (rolled.observed()) {
            node.put(RouteJson.OBSERVED, true);
        }
        ArrayNode arms = node.putArray(RouteJson.ROLLED_ARMS);
        rolled.arms().stream().sorted().forEach(arms::add);
    }

    /// Without it, as people write routes.
    static void remove(ObjectNode node) {
        node.remove(RouteJson.ROLLOUT);
        node.remove(RouteJson.OBSERVED);
        node.remove(RouteJson.ROLLED_ARMS);
    }
}
