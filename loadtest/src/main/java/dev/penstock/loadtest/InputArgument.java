package dev.penstock.loadtest;

import dev.penstock.loadtest.input.Elements;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.TensorSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One `--input name=VALUE`.
///
/// @param value a comma-separated list, or `@FILE` with a JSON array
record InputArgument(String name, String value) {
    static InputArgument parse(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new InputError("--input " + text + " (expected: NAME=1,2,3 or NAME=@FILE)");
        }
        return new InputArgument(text.substring(0, equals), text.substring(equals + 1));
    }

    /// As an input of a request.
    ///
    /// @param specs what the model takes
    ObjectNode toInput(String model, List<TensorSpec> specs) {
        TensorSpec spec = specs.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InputError("model '%s' has no input '%s' (it has: %s)"
                        .formatted(
                                model, name, specs.stream().map(String::valueOf).collect(Collectors.joining("; ")))));
        JsonNode data = value.startsWith("@") ? read(value.substring(1)) : split(spec.datatype());
        List<JsonNode> flat = new ArrayList<>();
        Json.flatten(data, flat);
        // Said here, where the option is known: a server would only count bytes.
        Elements.encode(name, spec.datatype(), flat);
        List<Long> nested = nesting(data);
        List<Long> shape =
                nested.size() == spec.shape().size() && nested.size() > 1 ? nested : spec.shapeOf(flat.size());
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.put("name", name).put("datatype", spec.datatype());
        shape.forEach(input.putArray("shape")::add);
        input.putArray("data").addAll(flat);
        return input;
    }

    // What nested arrays say of their shape, from their first elements.
    private static List<Long> nesting(JsonNode data) {
        List<Long> dims = new ArrayList<>();
        JsonNode level = data;
        while (level.isArray()) {
            dims.add((long) level.size());
            level = level.path(0);
        }
        return dims;
    }

    private JsonNode split(String datatype) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        if (value.isEmpty()) {
            return values;
        }
        for (String element : value.split(",", -1)) {
            values.add(
                    datatype.equals("BYTES") ? JsonNodeFactory.instance.stringNode(element) : scalar(element.strip()));
        }
        return values;
    }

    // Numbers and booleans as themselves; what is neither is for the check to name.
    private static JsonNode scalar(String text) {
        try {
            JsonNode value = Json.parse("value", text.getBytes(StandardCharsets.UTF_8));
            return value.isNumber() || value.isBoolean() ? value : JsonNodeFactory.instance.stringNode(text);
        } catch (InputError e) {
            return JsonNodeFactory.instance.stringNode(text);
        }
    }

    private JsonNode read(String file) {
        JsonNode data;
        try {
            data = Json.parse(file, Files.readAllBytes(Path.of(file)));
        } catch (IOException | InvalidPathException e) {
            throw new InputError("--input " + name + "=@" + file + ": the file cannot be read");
        }
        if (!data.isArray()) {
            throw new InputError(file + " is " + data.getNodeType() + " (expected: an array)");
        }
        return data;
    }
}
