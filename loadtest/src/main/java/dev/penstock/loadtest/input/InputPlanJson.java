package dev.penstock.loadtest.input;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Input plans as scenario files have them.
final class InputPlanJson {
    private static final String KEYS =
            "rows, length, shapes, ranges, choices, declared, payloads, seed, files, expected,"
                    + " record-expected, tolerance, outputs or parameters";

    private final String where;
    private final Path folder;
    private final InputPlan.Builder plan = InputPlan.builder();

    private InputPlanJson(String where, Path folder) {
        this.where = where;
        this.folder = folder;
    }

    static InputPlan read(String where, JsonNode node, Path folder) {
        InputPlanJson reader = new InputPlanJson(where, folder);
        reader.each("", node, reader::take);
        try {
            return reader.plan.build();
        } catch (InputError e) {
            throw new InputError(where + ": " + e.getMessage());
        }
    }

    private void take(String key, JsonNode value) {
        try {
            set(key, value);
        } catch (InputError e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(where) ? e : new InputError(where + "." + key + ": " + message);
        }
    }

    private void set(String key, JsonNode value) {
        switch (key) {
            case "rows" -> plan.rows(Distribution.parse(text(key, value)));
            case "length" -> plan.length(Distribution.parse(text(key, value)));
            case "shapes" -> each(key, value, (name, shape) -> plan.shape(name, TensorSpec.shape(list(key, shape))));
            case "ranges" -> each(key, value, (name, range) -> plan.range(name, ValueRange.parse(list(key, range))));
            case "choices" -> each(key, value, (name, values) -> plan.choices(name, texts(key, values)));
            case "declared" -> {
                List<TensorSpec> specs = new ArrayList<>();
                each(key, value, (name, spec) -> specs.add(TensorSpec.parse(name, text(key, spec))));
                plan.declared(specs);
            }
            case "payloads" -> plan.payloads(Math.toIntExact(Math.clamp(whole(key, value), 0, Integer.MAX_VALUE)));
            case "seed" -> plan.seed(whole(key, value));
            case "files" -> files(key, value, plan::file);
            case "expected" -> files(key, value, plan::expected);
            case "record-expected" -> {
                check(value.isBoolean(), key, value, "true or false");
                plan.recordExpected(value.booleanValue());
            }
            case "tolerance" -> plan.tolerance(tolerance(key, value));
            case "outputs" -> plan.outputs(texts(key, value));
            case "parameters" -> each(key, value, plan::parameter);
            default -> throw new InputError(where + ": unknown key '" + key + "' (expected: " + KEYS + ")");
        }
    }

    private Tolerance tolerance(String key, JsonNode value) {
        double relative = Tolerance.DEFAULT.relative();
        double absolute = Tolerance.DEFAULT.absolute();
        if (value.isNumber()) {
            return new Tolerance(value.doubleValue(), absolute);
        }
        check(value.isObject(), key, value, "a number, or relative and absolute");
        for (Map.Entry<String, JsonNode> part : value.properties()) {
            check(part.getValue().isNumber(), key + "." + part.getKey(), part.getValue(), "a number");
            switch (part.getKey()) {
                case "relative" -> relative = part.getValue().doubleValue();
                case "absolute" -> absolute = part.getValue().doubleValue();
                default ->
                    throw new InputError(where + "." + key + ": unknown key '" + part.getKey()
                            + "' (expected: relative or absolute)");
            }
        }
        return new Tolerance(relative, absolute);
    }

    private void files(String key, JsonNode value, BiConsumer<String, Path> to) {
        if (value.isString()) {
            to.accept(InputPlan.WHOLE, path(key, value));
        } else {
            each(key, value, (name, file) -> to.accept(name, path(key, file)));
        }
    }

    private Path path(String key, JsonNode value) {
        try {
            return folder.resolve(text(key, value));
        } catch (InvalidPathException e) {
            throw new InputError("'" + value.asString() + "' is no path (expected: the name of a file)");
        }
    }

    private void each(String key, JsonNode value, BiConsumer<String, JsonNode> to) {
        check(value.isObject(), key, value, "names and values");
        value.forEachEntry(to);
    }

    private long whole(String key, JsonNode value) {
        check(value.isIntegralNumber() && value.canConvertToLong(), key, value, "a whole number");
        return value.longValue();
    }

    private List<String> texts(String key, JsonNode value) {
        check(value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode), key, value, "a list");
        return value.valueStream().map(JsonNode::asString).toList();
    }

    // [1, 128] or 1,128
    private String list(String key, JsonNode value) {
        return value.isArray() ? String.join(",", texts(key, value)) : text(key, value);
    }

    private String text(String key, JsonNode value) {
        check(value.isString() || value.isNumber(), key, value, "a text or a number");
        return value.asString();
    }

    private void check(boolean right, String key, JsonNode value, String expected) {
        if (!right) {
            String at = key.isEmpty() ? where : where + "." + key;
            throw new InputError(at + ": " + value + " (expected: " + expected + ")");
        }
    }

    static ObjectNode write(InputPlan plan) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("rows", plan.rows().toString());
        plan.length().ifPresent(length -> node.put("length", length.toString()));
        object(node, "shapes", plan.shapes()).forEach((name, shape) -> {
            ArrayNode dims = JsonNodeFactory.instance.arrayNode();
            shape.forEach(dims::add);
            ((ObjectNode) node.get("shapes")).set(name, dims);
        });
        object(node, "ranges", plan.ranges())
                .forEach((name, range) -> ((ObjectNode) node.get("ranges")).put(name, range.toString()));
        object(node, "choices", plan.choices()).forEach((name, values) -> {
            ArrayNode list = ((ObjectNode) node.get("choices")).putArray(name);
            values.forEach(list::add);
        });
        if (!plan.declared().isEmpty()) {
            ObjectNode declared = node.putObject("declared");
            plan.declared().forEach(spec -> declared.put(spec.name(), spec.datatype() + spec.shapeText()));
        }
        plan.payloads().ifPresent(payloads -> node.put("payloads", payloads));
        node.put("seed", plan.seed());
        files(node, "files", plan.files());
        files(node, "expected", plan.expected());
        node.put("record-expected", plan.recordExpected());
        node.putObject("tolerance")
                .put("relative", plan.tolerance().relative())
                .put("absolute", plan.tolerance().absolute());
        if (!plan.outputs().isEmpty()) {
            plan.outputs().forEach(node.putArray("outputs")::add);
        }
        if (!plan.parameters().isEmpty()) {
            new TreeMap<>(plan.parameters()).forEach(node.putObject("parameters")::set);
        }
        return node;
    }

    // In the order of names, whatever order a map has.
    private static <V> Map<String, V> object(ObjectNode node, String key, Map<String, V> values) {
        if (!values.isEmpty()) {
            node.putObject(key);
        }
        return new TreeMap<>(values);
    }

    private static void files(ObjectNode node, String key, Map<String, Path> files) {
        Path whole = files.get(InputPlan.WHOLE);
        if (whole != null) {
            node.put(key, whole.toString());
        } else {
            object(node, key, files).forEach((name, file) -> ((ObjectNode) node.get(key)).put(name, file.toString()));
        }
    }
}
