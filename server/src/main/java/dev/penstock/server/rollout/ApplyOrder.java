package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.wire.HeaderText;
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
    public static final String ROUTES = "routes";
    public static final String ROLLOUTS = "rollouts";

    public ApplyOrder {
        routes = List.copyOf(routes);
        rollouts = List.copyOf(rollouts);
    }

    /// @throws ServingException if something is wrong with it, naming the field
    public static ApplyOrder read(JsonNode node, boolean undoPromotions) {
        ApplyOrder order = readEach(node, undoPromotions);
        refuseTwice(ROUTES, order.routes.stream().map(RouteSpec::name).toList());
        refuseTwice(
                ROLLOUTS,
                order.rollouts.stream().map(rollout -> rollout.spec().route()).toList());
        return order;
    }

    /// The same, of which some may be there twice.
    ///
    /// @throws ServingException if something is wrong with one of them, naming the field
    public static ApplyOrder readEach(JsonNode node, boolean undoPromotions) {
        Fields fields = Fields.of(node, List.of(ROUTES, ROLLOUTS));
        return new ApplyOrder(
                fields.list(ROUTES, route -> RouteJson.read(route, null)),
                fields.list(ROLLOUTS, RolloutAsked::read),
                undoPromotions);
    }

    private static void refuseTwice(String list, List<String> routes) {
        Set<String> named = new HashSet<>();
        for (int i = 0; i < routes.size(); i++) {
            if (!named.add(routes.get(i))) {
                throw ServingException.of(twice(FieldPath.of(list).element(i), routes.get(i), "once"));
            }
        }
    }

    /// That something is said of a route again.
    ///
    /// @param expected once, or where the other one is
    public static Mistake twice(FieldPath where, String route, String expected) {
        return Mistake.wrong(where, "route '%s' is there twice".formatted(HeaderText.quote(route)), expected)
                .amongFields();
    }
}
