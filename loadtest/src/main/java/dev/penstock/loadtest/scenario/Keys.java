package dev.penstock.loadtest.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One mapping of a scenario, taken key by key; what nobody takes is a mistake. Not thread safe.
final class Keys {
    private final ObjectNode node;
    private final String path;
    private final Map<String, String> flags;
    private final TreeSet<String> known = new TreeSet<>();

    private Keys(ObjectNode node, String path, Map<String, String> flags) {
        this.node = node;
        this.path = path;
        this.flags = flags;
    }

    /// @param flags by the key path that they gave a value to
    static Keys of(JsonNode node, String path, Map<String, String> flags) {
        if (node instanceof ObjectNode object) {
            return new Keys(object, path, flags);
        }
        throw ScenarioError.of(path.isEmpty() ? "the scenario" : path, node, "keys and values");
    }

    /// For messages: the flag if one gave it, else the path in the file.
    String where(String key) {
        return named(path(key));
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private String named(String at) {
        return flags.getOrDefault(at, at);
    }

    ScenarioError wrong(String key, String expected) {
        return ScenarioError.of(where(key), node.path(key), expected);
    }

    boolean has(String key) {
        known.add(key);
        return node.hasNonNull(key);
    }

    Optional<JsonNode> take(String key) {
        return has(key) ? Optional.of(node.get(key)) : Optional.empty();
    }

    Optional<String> text(String key) {
        return take(key).map(value -> {
            if (!value.isValueNode() || value.asString().isBlank()) {
                throw wrong(key, "a word");
            }
            return value.asString();
        });
    }

    /// @param number what numbers are right
    Optional<Double> number(String key, DoublePredicate number, String expected) {
        return take(key).map(value -> numberOf(value, where(key), number, expected));
    }

    private static double numberOf(JsonNode value, String where, DoublePredicate right, String expected) {
        double number = value.isNumber() ? value.asDouble() : parsed(value);
        if (!right.test(number)) {
            throw ScenarioError.of(where, value, expected);
        }
        return number;
    }

    /// NaN if it is no number.
    private static double parsed(JsonNode value) {
        try {
            return value.isString() ? Double.parseDouble(value.asString()) : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    Optional<Integer> count(String key, int least) {
        return number(key, n -> n >= least && n <= Integer.MAX_VALUE && n == Math.rint(n), "a whole number >= " + least)
                .map(Double::intValue);
    }

    /// A share of 1, as `0.01` or `1%`.
    Optional<Double> share(String key) {
        return take(key).map(value -> {
            String text = value.asString();
            String expected = "a share of 1 such as 0.01 or 1%";
            if (!value.isString() || !text.endsWith("%")) {
                return numberOf(value, where(key), n -> n >= 0 && n <= 1, expected);
            }
            try {
                double percent = Double.parseDouble(text.substring(0, text.length() - 1));
                if (percent >= 0 && percent <= 100) {
                    return percent / 100;
                }
            } catch (NumberFormatException e) {
                // The error below says what a share is.
            }
            throw wrong(key, expected);
        });
    }

    /// Not negative.
    Optional<Duration> time(String key) {
        return text(key).map(text -> Units.time(text).orElseThrow(() -> wrong(key, Units.TIME)));
    }

    /// Not zero.
    Optional<Duration> positiveTime(String key) {
        return time(key).map(time -> {
            if (time.isZero()) {
                throw wrong(key, "a time above 0");
            }
            return time;
        });
    }

    Optional<Boolean> flag(String key) {
        return take(key).map(value -> {
            if (!value.isBoolean()) {
                throw wrong(key, "true or false");
            }
            return value.asBoolean();
        });
    }

    /// One of those words.
    <T> Optional<T> choice(String key, Map<String, T> choices) {
        return text(key).map(text -> {
            T choice = choices.get(text);
            if (choice == null) {
                throw ScenarioError.of(
                        where(key),
                        text,
                        "one of " + String.join(", ", new TreeSet<>(choices.keySet()))
                                + Nearest.hint(text, choices.keySet()));
            }
            return choice;
        });
    }

    /// A list, or one element without its brackets.
    List<Double> numbers(String key, DoublePredicate right, String expected) {
        List<Double> numbers = new ArrayList<>();
        elements(key).forEach(element -> numbers.add(numberOf(element, where(key), right, expected)));
        return numbers;
    }

    List<String> texts(String key) {
        return elements(key).stream().map(JsonNode::asString).toList();
    }

    private Collection<JsonNode> elements(String key) {
        return take(key)
                .map(value -> value instanceof ArrayNode list ? list.values() : List.of(value))
                .orElse(List.of());
    }

    Optional<Keys> object(String key) {
        return take(key).map(value -> of(value, path(key), flags));
    }

    /// The mappings of a list, or the only one.
    List<Keys> objects(String key) {
        List<Keys> objects = new ArrayList<>();
        if (has(key) && node.get(key) instanceof ObjectNode only) {
            return List.of(of(only, path(key), flags));
        }
        for (JsonNode element : elements(key)) {
            objects.add(of(element, path(key) + "[" + objects.size() + "]", flags));
        }
        return objects;
    }

    /// @throws ScenarioError if a key is left over
    void refuseTheRest() {
        for (String key : node.propertyNames()) {
            if (!known.contains(key)) {
                throw new ScenarioError(where(key) + ": unknown key (expected: one of " + String.join(", ", known) + ")"
                        + Nearest.hint(key, known));
            }
        }
    }

    /// All keys with their values, for mappings whose keys are names.
    Map<String, JsonNode> all() {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        node.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        known.addAll(all.keySet());
        return all;
    }
}
