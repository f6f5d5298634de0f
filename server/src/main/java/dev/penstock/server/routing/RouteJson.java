package dev.penstock.server.routing;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.UnitSource;
import dev.penstock.server.store.RouteRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Routes as JSON, and as the YAML that says the same. What is written here is read back as it was; what is
/// left out stands for its default. Pure.
public final class RouteJson {
    /// The name of a default arm that is written as a target only.
    static final String DEFAULT_ARM = "default";

    /// What the server adds to a route; who sends it back means nothing by it.
    public static final String STATUS = "status";

    /// The last rollout that was begun on a route: only that writes it, and who sends it back means nothing
    /// by it.
    public static final String ROLLOUT = "lastRollout";

    /// Whether that only observes, while it runs: written and meant likewise.
    public static final String OBSERVED = "observed";

    /// The arms that it made: written and meant likewise.
    static final String ROLLED_ARMS = "rolloutArms";

    private static final List<String> KNOWN = List.of(
            "name",
            "match",
            "unit",
            "salt",
            "default",
            "candidates",
            "overrides",
            "shadows",
            "fallback",
            "assignment",
            ROLLOUT,
            OBSERVED,
            ROLLED_ARMS,
            STATUS);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private RouteJson() {}

    /// As it is recorded, perhaps by a newer release: what only that one knows of a route is left out.
    ///
    /// @throws ServingException if it is not the JSON of a route
    public static RouteSpec read(String json) {
        JsonNode node = tree(json);
        return read(node instanceof ObjectNode object ? object.retain(KNOWN) : node, null);
    }

    /// The same of one that this release may not be able to read.
    public static Optional<RouteSpec> readable(RouteRecord record) {
        try {
            return Optional.of(read(record.spec()));
        } catch (ServingException _) {
            return Optional.empty();
        }
    }

    /// Any JSON that a caller sent.
    ///
    /// @throws ServingException if it is none
    public static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw ServingException.invalid("not JSON: " + plain(e));
        }
    }

    /// What is wrong with JSON, without the parser's own names for itself.
    public static String plain(JacksonException e) {
        return String.valueOf(e.getOriginalMessage())
                .replaceAll("\\[Source: [^;]*; (line: \\d+, column: \\d+)\\]", "$1")
                .replaceAll(" \\(bound as [^)]*\\)| for `ObjectNode`", "")
                .replaceAll(":? not allowed (as per|when) `.*", " (expected: none)");
    }

    /// @param name that it is to have, or null for any
    /// @throws ServingException if it is none, naming the field
    public static RouteSpec read(JsonNode node, @Nullable String name) {
        Fields fields = Fields.of(node, KNOWN);
        String own = name == null ? fields.text("name") : fields.text("name", name);
        if (name != null && !own.equals(name)) {
            throw Fields.invalid(FieldPath.of("name"), own, "'" + name + "', or none");
        }
        JsonNode standard = fields.get("default");
        if (standard == null) {
            throw Fields.missing("default", "the default arm, such as fraud@7");
        }
        RouteSpec route = new RouteSpec(
                own,
                ConditionJson.readAll(fields, "match"),
                fields.has("unit") ? fields.list("unit", UnitJson::read) : UnitSource.STANDARD,
                fields.text("salt", RouteSpec.standardSalt(own)),
                Fields.within(FieldPath.of("default"), () -> arm(standard)),
                candidates(fields),
                fields.list("overrides", RouteJson::override),
                fields.list("shadows", RouteJson::shadow),
                fallback(fields),
                assignment(fields),
                Rolled.NEVER);
        return route.withRolled(RolledJson.read(fields, route));
    }

    private static ArmSpec arm(JsonNode node) {
        if (node.isNumber() || node.isBoolean()) {
            throw Fields.invalid(FieldPath.HERE, Fields.shown(node), "a target, such as fraud@7");
        }
        if (node.isValueNode()) {
            return new ArmSpec(DEFAULT_ARM, TargetText.parse(FieldPath.HERE, Fields.text(node, FieldPath.HERE)));
        }
        Fields fields = Fields.of(node, List.of("arm", "target"));
        return named(fields, fields.text("arm", DEFAULT_ARM));
    }

    private static ArmSpec named(Fields fields, String name) {
        return new ArmSpec(name, TargetText.parse(FieldPath.of("target"), fields.text("target")));
    }

    private static List<CandidateSpec> candidates(Fields route) {
        JsonNode all = route.get("candidates");
        // The only one may have all; several have to share, and the order of who was there first is kept by
        // their room.
        int room = all != null && all.size() == 1 ? RouteSpec.BUCKETS : -1;
        return route.list("candidates", node -> {
            Fields fields = Fields.of(node, List.of("arm", "target", "weight", "maxWeight"));
            int most = fields.share("maxWeight", room);
            if (most < 0) {
                throw Fields.missing(
                        "maxWeight", "the room that is kept for the arm, such as 25%, as there are several");
            }
            return new CandidateSpec(named(fields, fields.text("arm")), fields.share("weight", 0), most);
        });
    }

    private static OverrideSpec override(JsonNode node) {
        Fields fields = Fields.of(node, List.of("when", "arm"));
        return new OverrideSpec(ConditionJson.readSome(fields, "when"), fields.text("arm"));
    }

    private static ShadowSpec shadow(JsonNode node) {
        Fields fields = Fields.of(node, List.of("arm", "target", "share", "tolerance"));
        return new ShadowSpec(
                named(fields, fields.text("arm")),
                fields.share("share", RouteSpec.BUCKETS),
                fields.number("tolerance", 0));
    }

    private static FallbackSpec fallback(Fields route) {
        JsonNode node = route.get("fallback");
        return node == null ? FallbackSpec.NONE : Fields.within(FieldPath.of("fallback"), () -> fallback(node));
    }

    private static FallbackSpec fallback(JsonNode node) {
        Fields fields = Fields.of(node, List.of("arm", "on"));
        List<ErrorCode> possible = FallbackSpec.POSSIBLE.stream().sorted().toList();
        FieldPath here = FieldPath.HERE;
        List<ErrorCode> on =
                fields.list("on", code -> Fields.word(here, Fields.text(code, here), possible, ErrorCode::name));
        return new FallbackSpec(fields.text("arm"), Set.copyOf(on));
    }

    private static Assignment assignment(Fields route) {
        return route.has("assignment")
                ? Fields.word(
                        FieldPath.of("assignment"),
                        route.text("assignment"),
                        List.of(Assignment.values()),
                        RouteJson::word)
                : Assignment.ANCHORED;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// All of it, also what has its default, so that what is read can be edited.
    public static ObjectNode write(RouteSpec route) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("name", route.name());
        if (!route.match().isEmpty()) {
            ConditionJson.write(node.putArray("match"), route.match());
        }
        ArrayNode unit = node.putArray("unit");
        route.unit().forEach(source -> UnitJson.write(unit, source));
        node.put("salt", route.salt());
        write(node.putObject("default"), route.standard());
        ArrayNode candidates = node.putArray("candidates");
        for (CandidateSpec candidate : route.candidates()) {
            write(candidates.addObject(), candidate.arm())
                    .put("weight", Share.text(candidate.weight()))
                    .put("maxWeight", Share.text(candidate.maxWeight()));
        }
        writeRules(node, route);
        if (route.assignment() != Assignment.ANCHORED) {
            node.put("assignment", word(route.assignment()));
        }
        RolledJson.write(node, route.rolled());
        return node;
    }

    /// The same in the place of one that is recorded, whose fields that only a newer release knows stay.
    ///
    /// @param recorded its JSON, "" for none
    static ObjectNode write(RouteSpec route, String recorded) {
        ObjectNode node = write(route);
        JsonNode before = recorded.isEmpty() ? node : tree(recorded);
        before.properties().stream()
                .filter(field -> !KNOWN.contains(field.getKey()))
                .forEach(field -> node.set(field.getKey(), field.getValue()));
        return node;
    }

    private static void writeRules(ObjectNode node, RouteSpec route) {
        if (!route.overrides().isEmpty()) {
            ArrayNode overrides = node.putArray("overrides");
            for (OverrideSpec override : route.overrides()) {
                ObjectNode one = overrides.addObject();
                ConditionJson.write(one.putArray("when"), override.when());
                one.put("arm", override.arm());
            }
        }
        if (!route.shadows().isEmpty()) {
            ArrayNode shadows = node.putArray("shadows");
            for (ShadowSpec shadow : route.shadows()) {
                write(shadows.addObject(), shadow.arm())
                        .put("share", Share.text(shadow.share()))
                        .put("tolerance", shadow.tolerance());
            }
        }
        if (!route.fallback().isNone()) {
            ObjectNode fallback =
                    node.putObject("fallback").put("arm", route.fallback().arm());
            ArrayNode on = fallback.putArray("on");
            new TreeSet<>(route.fallback().on()).forEach(code -> on.add(code.name()));
        }
    }

    private static ObjectNode write(ObjectNode node, ArmSpec arm) {
        return node.put("arm", arm.name()).put("target", TargetText.of(arm.target()));
    }

    /// What a route becomes by a JSON merge patch (RFC 7396): fields of `patch` take the place of the
    /// route's, `null` takes them away, and lists are replaced as a whole.
    ///
    /// @throws ServingException if that is no route
    public static RouteSpec patched(RouteSpec route, JsonNode patch) {
        if (!patch.isObject()) {
            throw Fields.invalid(FieldPath.of("the patch"), Fields.shown(patch), "an object");
        }
        return read(merged(write(route), patch), route.name());
    }

    private static JsonNode merged(@Nullable JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode result = target instanceof ObjectNode object ? object.deepCopy() : MAPPER.createObjectNode();
        for (String name : new ArrayList<>(changes.propertyNames())) {
            JsonNode change = changes.get(name);
            if (change.isNull()) {
                result.remove(name);
            } else {
                result.set(name, merged(result.get(name), change));
            }
        }
        return result;
    }
}
