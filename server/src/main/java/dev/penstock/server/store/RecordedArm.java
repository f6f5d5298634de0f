package dev.penstock.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An arm of a recorded route, and what it stands for, as far as the route's JSON can be read.
///
/// @param version that it names, or 0
/// @param alias that it names, or ""
/// @param takesPart whether it is the default arm, or has a weight or a share of copies
record RecordedArm(String name, String model, long version, String alias, boolean takesPart) {
    private static final char SEPARATOR = '@';
    private static final String TARGET = "target";

    /// The default arm, candidates and shadows; none of what is no route.
    ///
    /// @param spec the route's JSON
    static List<RecordedArm> of(String spec) {
        JsonNode route;
        try {
            route = JsonMapper.shared().readTree(spec);
        } catch (JacksonException _) {
            return List.of();
        }
        List<RecordedArm> arms = new ArrayList<>();
        JsonNode standard = route.path("default");
        add(arms, standard, standard.isObject() ? standard.path(TARGET) : standard, true);
        for (JsonNode arm : route.path("candidates")) {
            add(arms, arm, arm.path(TARGET), isAbove(arm.path("weight"), false));
        }
        for (JsonNode arm : route.path("shadows")) {
            add(arms, arm, arm.path(TARGET), isAbove(arm.path("share"), true));
        }
        return List.copyOf(arms);
    }

    /// Whether another one stands for the same, and takes part if this one does.
    boolean isKnownBy(RecordedArm other) {
        return model.equals(other.model)
                && version == other.version
                && alias.equals(other.alias)
                && (other.takesPart || !takesPart);
    }

    /// Whether it stands for whoever answers requests that name no version.
    boolean isOpen() {
        return version == 0 && alias.isEmpty();
    }

    /// As people write it, such as `fraud@7`.
    String target() {
        String behind = version > 0 ? Long.toString(version) : alias;
        return behind.isEmpty() ? model : model + SEPARATOR + behind;
    }

    private static void add(List<RecordedArm> arms, JsonNode arm, JsonNode target, boolean takesPart) {
        String name = arm.path("arm").asString("default");
        read(name, target.asString(""), takesPart).ifPresent(arms::add);
    }

    private static Optional<RecordedArm> read(String name, String target, boolean takesPart) {
        int at = target.lastIndexOf(SEPARATOR);
        String model = at < 0 ? target : target.substring(0, at);
        String behind = target.substring(at + 1);
        if (model.isEmpty() || behind.isEmpty()) {
            return Optional.empty();
        }
        if (at < 0) {
            return Optional.of(new RecordedArm(name, model, 0, "", takesPart));
        }
        // What begins with a digit is a version.
        if (!Character.isDigit(behind.charAt(0))) {
            return Optional.of(new RecordedArm(name, model, 0, behind, takesPart));
        }
        try {
            return Optional.of(new RecordedArm(name, model, Long.parseLong(behind), "", takesPart));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// Of a share such as `2.5%`.
    private static boolean isAbove(JsonNode share, boolean unsaid) {
        return share.isMissingNode()
                ? unsaid
                : share.asString("").chars().anyMatch(character -> character >= '1' && character <= '9');
    }
}
