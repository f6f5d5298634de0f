package dev.penstock.server.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A route that somebody wants to be so while a rollout runs on it: what is not spoken of is the rollout's.
/// Pure.
final class RolledRoute {
    private static final String DEFAULT = "default";
    private static final String TARGET = "target";
    private static final String ARM = "arm";
    private static final String CANDIDATES = "candidates";
    private static final String SHADOWS = "shadows";
    private static final String ASSIGNMENT = "assignment";

    private RolledRoute() {}

    /// @param there as the server has it
    /// @param wanted as somebody wants it
    /// @param rolled arms that the rollout made
    /// @return `wanted` with what is the rollout's as it is; a new one
    static ObjectNode of(JsonNode there, ObjectNode wanted, Set<String> rolled) {
        ObjectNode next = wanted.deepCopy();
        if (!next.has(ASSIGNMENT) && there.has(ASSIGNMENT)) {
            next.set(ASSIGNMENT, there.path(ASSIGNMENT));
        }
        if (isAllElse(there, wanted, rolled)) {
            next.set(CANDIDATES, there.path(CANDIDATES));
        }
        addShadows(there, next, rolled);
        JsonNode now = there.path(DEFAULT);
        JsonNode asked = next.path(DEFAULT);
        // Who answers requests that name no version is pinned when a rollout begins.
        boolean pinned = now.path(ARM).equals(asked.path(ARM))
                && now.path(TARGET).asString("").startsWith(asked.path(TARGET).asString("") + "@");
        if (pinned) {
            next.set(DEFAULT, now);
        }
        return next;
    }

    /// Whether the candidates that are asked for are those that the rollout has found there, or none: it took
    /// room from them, and units from nobody.
    private static boolean isAllElse(JsonNode there, JsonNode wanted, Set<String> rolled) {
        Map<String, JsonNode> found = new HashMap<>();
        for (JsonNode candidate : there.path(CANDIDATES)) {
            if (!rolled.contains(name(candidate))) {
                found.put(name(candidate), candidate);
            }
        }
        JsonNode asked = wanted.path(CANDIDATES);
        boolean same = asked.valueStream().allMatch(candidate -> isLike(candidate, found.get(name(candidate))));
        return asked.isEmpty() || (same && asked.size() == found.size());
    }

    private static boolean isLike(JsonNode asked, @Nullable JsonNode found) {
        return found != null
                && asked.path(TARGET).equals(found.path(TARGET))
                && asked.path("weight").equals(found.path("weight"));
    }

    /// Who names a shadow of the rollout's has to have it as it is.
    private static void addShadows(JsonNode there, ObjectNode next, Set<String> rolled) {
        ArrayNode shadows = next.withArray(SHADOWS);
        Set<String> named = shadows.valueStream().map(RolledRoute::name).collect(Collectors.toSet());
        for (JsonNode shadow : there.path(SHADOWS)) {
            if (rolled.contains(name(shadow)) && !named.contains(name(shadow))) {
                shadows.add(shadow);
            }
        }
    }

    private static String name(JsonNode arm) {
        return arm.path(ARM).asString("");
    }
}
