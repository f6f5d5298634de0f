package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Who the arms of a recorded route stand for, as far as this release knows them: also where a newer one wrote
/// of the route what this one cannot read, as servers of that serve it. Pure.
public final class RecordedArms {
    private static final String DEFAULT = "default";
    private static final String TARGET = "target";

    private RecordedArms() {}

    /// The default arm, candidates and shadows; none of what is no route at all.
    ///
    /// @param json of the route
    public static List<ArmSpec> of(String json) {
        JsonNode route = tree(json);
        List<ArmSpec> arms = new ArrayList<>();
        standard(json).ifPresent(target -> arms.add(new ArmSpec(name(route.path(DEFAULT)), target)));
        for (String list : List.of("candidates", "shadows")) {
            for (JsonNode arm : route.path(list)) {
                target(arm.path(TARGET)).ifPresent(target -> arms.add(new ArmSpec(name(arm), target)));
            }
        }
        return List.copyOf(arms);
    }

    /// The default arm's.
    ///
    /// @param json of the route
    public static Optional<Target> standard(String json) {
        JsonNode standard = tree(json).path(DEFAULT);
        return target(standard.isObject() ? standard.path(TARGET) : standard);
    }

    private static JsonNode tree(String json) {
        try {
            return RouteJson.tree(json);
        } catch (ServingException _) {
            return RouteJson.tree("{}");
        }
    }

    private static String name(JsonNode arm) {
        return arm.path("arm").asString(RouteJson.DEFAULT_ARM);
    }

    private static Optional<Target> target(JsonNode text) {
        try {
            return Optional.of(TargetText.parse(FieldPath.of(TARGET), text.asString("")));
        } catch (ServingException _) {
            return Optional.empty();
        }
    }
}
