package dev.penstock.server;

import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.rollout.RolloutJson;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Finds out what is to be done about rollouts that files name. One that a route has or had last, and that was
/// asked
/// for in the same words, is there: it is not begun again when it has ended.
final class ApplyRollouts {
    static final String PATH = "/api/v1/rollouts";

    private final AdminClient client;
    private final Surroundings surroundings;
    private final List<RouteSpec> made;
    private @Nullable JsonNode known;

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
    /// @param isOfNewRoute whether its route is not there, so that the server cannot be asked
    record Planned(String what, ObjectNode spec, JsonNode before, JsonNode after, boolean isOfNewRoute) {}

    /// @return null if the server refuses, which is told
    @Nullable
    Planned plan(AppliedFiles.Rollout rollout) throws IOException {
        ObjectNode spec = rollout.spec();
        String name = spec.path("route").asString("");
        for (RouteSpec route : made) {
            if (route.name().equals(name)) {
                RolloutJson.Order order =
                        RolloutJson.read(spec, "", route.standard().name());
                return new Planned(what(name), spec, none(), RolloutJson.write(order.spec()), true);
            }
        }
        AdminClient.Answer asked = client.send("POST", PATH + "?dryRun=true", spec);
        if (asked.failed()) {
            surroundings.err().println("%s: %s".formatted(rollout.where(), asked.error()));
            return null;
        }
        String route = asked.body().path("spec").path("route").asString("");
        JsonNode before = none();
        // The newest comes first.
        for (JsonNode one : all()) {
            if (one.path("spec").path("route").asString("").equals(route)) {
                before = one.path("spec");
                break;
            }
        }
        return new Planned(what(route), spec, before, asked.body().path("spec"), false);
    }

    private static String what(String route) {
        return "rollout of route " + route;
    }

    private static JsonNode none() {
        return JsonMapper.shared().createObjectNode();
    }

    private JsonNode all() throws IOException {
        JsonNode present = known;
        if (present == null) {
            present = client.get(PATH).body().path("rollouts");
            known = present;
        }
        return present;
    }
}
