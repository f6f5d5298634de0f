package dev.penstock.server;

import java.io.IOException;
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
    private @Nullable JsonNode known;

    ApplyRollouts(AdminClient client, Surroundings surroundings) {
        this.client = client;
        this.surroundings = surroundings;
    }

    /// What is to be done about one.
    ///
    /// @param what for people
    /// @param spec to be sent
    /// @param before what the last one of the route was asked for, empty if there was none
    /// @param after what this one is, all that is left out filled in
    record Planned(String what, ObjectNode spec, JsonNode before, JsonNode after) {}

    /// @return null if the server refuses, which is told
    @Nullable
    Planned plan(AppliedFiles.Rollout rollout) throws IOException {
        ObjectNode spec = rollout.spec();
        AdminClient.Answer asked = client.send("POST", PATH + "?dryRun=true", spec);
        if (asked.failed()) {
            surroundings.err().println("%s: %s".formatted(rollout.where(), asked.error()));
            return null;
        }
        String route = asked.body().path("spec").path("route").asString("");
        JsonNode before = JsonMapper.shared().createObjectNode();
        // The newest comes first.
        for (JsonNode one : all()) {
            if (one.path("spec").path("route").asString("").equals(route)) {
                before = one.path("spec");
                break;
            }
        }
        return new Planned(
                "rollout of route " + route, spec, before, asked.body().path("spec"));
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
