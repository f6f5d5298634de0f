package dev.penstock.server;

import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.rollout.RolloutJson;
import dev.penstock.server.rollout.Rollouts;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Finds out what is to be done about rollouts that files name. One that a route has or had, and that was
/// asked for in
/// the same words, is there: it is not begun again when it has ended, nor when others came after it.
final class ApplyRollouts {
    static final String PATH = "/api/v1/rollouts";

    private final AdminClient client;
    private final Surroundings surroundings;
    private final List<RouteSpec> made;

    /// @param made routes that would be there, but are not, as nothing is to change
    ApplyRollouts(AdminClient client, Surroundings surroundings, List<RouteSpec> made) {
        this.client = client;
        this.surroundings = surroundings;
        this.made = made;
    }

    /// What is to be done about one.
    ///
    /// @param what for people
    /// @param spec to be sent
    /// @param before what the last one of the route was asked for, empty if there was none
    /// @param after what this one is, all that is left out filled in
    /// @param refused why the server would not begin it now; "" if it would
    /// @param isOfNewRoute whether its route is not there, so that the server cannot be asked
    record Planned(
            String what, ObjectNode spec, JsonNode before, JsonNode after, String refused, boolean isOfNewRoute) {
        /// Whether it was asked for before, so that nothing is to be done.
        boolean isThere() {
            return before.equals(after);
        }
    }

    /// @return null if the server refuses, which is told
    @Nullable
    Planned plan(AppliedFiles.Rollout rollout) throws IOException {
        ObjectNode spec = rollout.spec();
        String name = spec.path("route").asString("");
        for (RouteSpec route : made) {
            if (route.name().equals(name)) {
                RolloutJson.Order order =
                        RolloutJson.read(spec, "", route.standard().name());
                return new Planned(what(name), spec, none(), RolloutJson.write(order.spec()), "", true);
            }
        }
        AdminClient.Answer asked = client.send("POST", PATH + "?dryRun=true", spec);
        if (asked.failed()) {
            surroundings.err().println("%s: %s".formatted(rollout.where(), asked.error()));
            return null;
        }
        String route = asked.body().path("spec").path("route").asString("");
        JsonNode after = asked.body().path("spec");
        String refused = asked.body().path("refused").asString("");
        return new Planned(what(route), spec, before(route, after), after, refused, false);
    }

    /// What was asked for in the same words, whenever that was; else what was last.
    private JsonNode before(String route, JsonNode after) throws IOException {
        JsonNode last = none();
        // The newest comes first.
        for (JsonNode one : of(route)) {
            if (one.path("spec").equals(after)) {
                return after;
            }
            last = last.isEmpty() ? one.path("spec") : last;
        }
        return last;
    }

    private static String what(String route) {
        return "rollout of route " + route;
    }

    private static JsonNode none() {
        return JsonMapper.shared().createObjectNode();
    }

    private JsonNode of(String route) throws IOException {
        String query = "?limit=%d&route=%s".formatted(Rollouts.MOST_TOLD, AdminClient.encoded(route));
        return client.get(PATH + query).body().path("rollouts");
    }
}
