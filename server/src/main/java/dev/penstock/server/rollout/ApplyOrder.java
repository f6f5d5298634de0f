package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.routing.RouteJson;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What routes and rollouts are to be, together. Immutable.
///
/// @param routes each once
/// @param rollouts at most one for each route
/// @param undoPromotions whether default arms may be again what they were before a rollout promoted another
public record ApplyOrder(List<RouteSpec> routes, List<RolloutJson.Order> rollouts, boolean undoPromotions) {
    private static final String ROUTES = "routes";
    private static final String ROLLOUTS = "rollouts";

    public ApplyOrder {
        routes = List.copyOf(routes);
        rollouts = List.copyOf(rollouts);
    }

    /// @throws ServingException if something is wrong with it, naming the field
    public static ApplyOrder read(JsonNode node, boolean undoPromotions) {
        Fields fields = Fields.of(node, "", List.of(ROUTES, ROLLOUTS));
        Set<String> named = new HashSet<>();
        Set<String> rolled = new HashSet<>();
        return new ApplyOrder(
                fields.list(ROUTES, (element, where) -> {
                    RouteSpec route = RouteJson.read(element, where, null);
                    refuseTwice(named.add(route.name()), where, route.name());
                    return route;
                }),
                fields.list(ROLLOUTS, (element, where) -> {
                    RolloutJson.Order rollout = RolloutAsked.read(element, where);
                    String route = rollout.spec().route();
                    refuseTwice(rolled.add(route), where, route);
                    return rollout;
                }),
                undoPromotions);
    }

    private static void refuseTwice(boolean first, String where, String route) {
        if (!first) {
            throw ServingException.invalid("%s: route '%s' is there twice (expected: once)".formatted(where, route));
        }
    }
}
