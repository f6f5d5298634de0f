package dev.penstock.server.rollout;

import dev.penstock.router.rollout.RolloutSpec;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a rollout was asked for and began with, which is recorded once and never changes. Immutable.
///
/// @param artifacts what the bytes of its versions are, by arm
/// @param defaults what the default arm stood for when it began: as its route had it, and pinned; none if that
///     is not recorded
/// @param found what it took room from; nothing if that is not recorded
/// @param begunMillis when that was, since 1970; 0 if that is not recorded
record Asked(RolloutSpec spec, JsonNode artifacts, List<String> defaults, Optional<Found> found, long begunMillis) {
    private static final String SPEC = "spec";
    private static final String ARTIFACTS = "artifacts";
    private static final String DEFAULTS = "defaults";
    private static final String FOUND = "found";
    private static final String BEGUN = "begun";

    Asked {
        defaults = List.copyOf(defaults);
    }

    /// @throws dev.penstock.core.ServingException or JacksonException if this release cannot read it
    static Asked read(String json) {
        JsonNode node = JsonMapper.shared().readTree(json);
        List<String> defaults = node.path(DEFAULTS)
                .valueStream()
                .map(target -> target.asString(""))
                .toList();
        RolloutSpec spec =
                RolloutJson.read(node.path(SPEC), RolloutJson.USUAL_CONTROL).spec();
        return new Asked(
                spec,
                node.path(ARTIFACTS),
                defaults,
                Found.read(node.path(FOUND)),
                node.path(BEGUN).asLong(0));
    }

    /// For the record.
    String write() {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.set(SPEC, RolloutJson.write(spec));
        node.set(ARTIFACTS, artifacts);
        ArrayNode targets = node.putArray(DEFAULTS);
        defaults.forEach(targets::add);
        node.put(BEGUN, begunMillis);
        found.ifPresent(before -> node.set(FOUND, before.write()));
        return node.toString();
    }
}
