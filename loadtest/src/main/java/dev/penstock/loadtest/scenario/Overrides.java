package dev.penstock.loadtest.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What flags say: written over what the file says. Not thread safe.
public final class Overrides {
    private final List<Change> all = new ArrayList<>();

    private record Change(String flag, List<String> path, JsonNode value) {}

    /// One value, number or word, instead of what is there.
    ///
    /// @param flag for messages
    /// @param path of the key, such as `slo.p99`; `mix[0].model` for the only element of a list
    public Overrides set(String flag, String path, String value) {
        return set(flag, List.of(path.split("\\.", -1)), text(value));
    }

    /// A list of values instead of what is there.
    public Overrides set(String flag, String path, List<String> values) {
        return set(flag, List.of(path.split("\\.", -1)), list(values));
    }

    private static ArrayNode list(List<String> values) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        values.forEach(value -> list.add(text(value)));
        return list;
    }

    /// One value under a name that may have any letters.
    ///
    /// @param path of the mapping that has the name
    public Overrides put(String flag, String path, String name, String value) {
        List<String> whole = new ArrayList<>(List.of(path.split("\\.", -1)));
        whole.add(name);
        return set(flag, whole, text(value));
    }

    /// The same with a list.
    public Overrides put(String flag, String path, String name, List<String> values) {
        List<String> whole = new ArrayList<>(List.of(path.split("\\.", -1)));
        whole.add(name);
        return set(flag, whole, list(values));
    }

    /// A number instead of what is there.
    public Overrides set(String flag, String path, double value) {
        return set(flag, List.of(path.split("\\.", -1)), JsonNodeFactory.instance.numberNode(value));
    }

    /// A mapping, unless there is one.
    public Overrides object(String flag, String path) {
        List<String> whole = new ArrayList<>(List.of(path.split("\\.", -1)));
        whole.add("");
        return set(flag, whole, JsonNodeFactory.instance.nullNode());
    }

    /// Takes away what is there.
    public Overrides clear(String flag, String path) {
        return set(flag, List.of(path.split("\\.", -1)), JsonNodeFactory.instance.nullNode());
    }

    private Overrides set(String flag, List<String> path, JsonNode value) {
        all.add(new Change(flag, path, value));
        return this;
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.stringNode(value);
    }

    /// Which flag gave the value of a key, by the key's path.
    Map<String, String> flags() {
        Map<String, String> flags = new HashMap<>();
        all.forEach(one -> flags.put(String.join(".", one.path), one.flag));
        return flags;
    }

    /// @throws ScenarioError if a flag is about the only element of a list that has several
    void applyTo(ObjectNode scenario) {
        for (Change one : all) {
            ObjectNode at = scenario;
            for (String segment : one.path.subList(0, one.path.size() - 1)) {
                at = child(at, segment, one.flag);
            }
            if (!one.path.getLast().isEmpty()) {
                at.set(one.path.getLast(), one.value);
            }
        }
    }

    private static ObjectNode child(ObjectNode at, String segment, String flag) {
        boolean ofList = segment.endsWith("[0]");
        String key = ofList ? segment.substring(0, segment.length() - 3) : segment;
        JsonNode found = at.get(key);
        if (!ofList) {
            return found instanceof ObjectNode object ? object : at.putObject(key);
        }
        if (found instanceof ObjectNode object) {
            found = at.putArray(key).add(object);
        }
        ArrayNode list = found instanceof ArrayNode array ? array : at.putArray(key);
        if (list.size() > 1) {
            throw new ScenarioError(flag + ": the scenario has " + list.size() + " entries in " + key
                    + " (expected: one, for a flag to be about it)");
        }
        return list.get(0) instanceof ObjectNode object
                ? object
                : list.removeAll().addObject();
    }
}
