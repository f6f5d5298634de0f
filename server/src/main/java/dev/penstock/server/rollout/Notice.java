package dev.penstock.server.rollout;

import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Something that was decided, as others are told of it. Immutable.
///
/// @param kind in the words of the record, so that those of a newer release are told of as well
/// @param reason a word
/// @param detail for people
/// @param data all of it as JSON, as it is recorded
record Notice(String kind, String reason, String detail, String data) {
    static Notice of(RolloutEvent event, String rollout, RolloutSpec spec) {
        return new Notice(
                event.kind().text(),
                event.reason(),
                event.detail(),
                RolloutViewJson.of(event, rollout, spec).toString());
    }

    /// What was recorded.
    static Notice read(JsonNode event) {
        return new Notice(
                event.path("kind").asString(""),
                event.path("reason").asString(""),
                event.path("detail").asString(""),
                event.toString());
    }

    JsonNode tree() {
        return JsonMapper.shared().readTree(data);
    }
}
