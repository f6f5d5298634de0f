package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Records as JSON, with fields in the order in which they are declared.
final class RecordJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /// Refuses what lacks a field: it comes from a file that anything may have happened to.
    private static final JsonMapper STRICT = MAPPER.rebuild()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private RecordJson() {}

    static String of(ModelRecord model) {
        return MAPPER.writeValueAsString(model);
    }

    /// What the audit log says of a route.
    static String of(RouteRecord route) {
        return MAPPER.createObjectNode()
                .put("name", route.name())
                .put("revision", route.revision())
                .put("generation", route.generation())
                .put("assignment", route.assignment())
                .set("spec", tree("route", route.name(), route.spec()))
                .toString();
    }

    /// What the audit log says of a rollout: all but its state.
    static String of(RolloutRecord rollout) {
        return of(rollout, tree("rollout", rollout.id(), rollout.spec()));
    }

    /// The same of one whose spec may be no JSON any more: then it is a text.
    static String ofAny(RolloutRecord rollout) {
        try {
            return of(rollout);
        } catch (StoreException e) {
            return of(rollout, StringNode.valueOf(rollout.spec()));
        }
    }

    private static String of(RolloutRecord rollout, JsonNode spec) {
        return MAPPER.createObjectNode()
                .put("id", rollout.id())
                .put("route", rollout.route())
                .put("revision", rollout.revision())
                .put("phase", rollout.phase())
                .put("owner", rollout.owner())
                .set("spec", spec)
                .toString();
    }

    private static JsonNode tree(String what, String name, String json) {
        try {
            JsonNode tree = MAPPER.readTree(json);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException e) {
            throw new StoreException(Reason.REFUSED, "%s '%s' is no JSON: %s".formatted(what, name, e.getMessage()), e);
        }
        throw new StoreException(Reason.REFUSED, "%s '%s' is no JSON object".formatted(what, name));
    }

    static String of(Lineage lineage) {
        return MAPPER.writeValueAsString(lineage);
    }

    /// @return "" for none
    static String of(Intent intent) {
        return intent.asksForNothing() ? "" : MAPPER.writeValueAsString(intent);
    }

    static Intent intent(String json) {
        try {
            return json.isEmpty() ? Intent.NONE : MAPPER.readValue(json, Intent.class);
        } catch (JacksonException e) {
            throw new StoreException(
                    Reason.UNREADABLE, "what a registration asks for cannot be read: " + e.getMessage(), e);
        }
    }

    static String of(LastRead.Content content) {
        return MAPPER.writeValueAsString(content);
    }

    static LastRead.Content lastRead(String json) {
        try {
            JsonNode read = STRICT.readTree(json);
            if (read instanceof ObjectNode before && !before.has("routes")) {
                // Of a release that had none: its models are as good as they were.
                before.putArray("routes");
            }
            return read.isMissingNode()
                    ? STRICT.readValue(json, LastRead.Content.class)
                    : STRICT.treeToValue(read, LastRead.Content.class);
        } catch (JacksonException e) {
            throw new StoreException(Reason.UNREADABLE, "what was read last cannot be read: " + e.getMessage(), e);
        }
    }

    static Lineage lineage(String json) {
        try {
            return MAPPER.readValue(json, Lineage.class);
        } catch (JacksonException e) {
            throw new StoreException(Reason.UNREADABLE, "a version's lineage cannot be read: " + e.getMessage(), e);
        }
    }
}
