package dev.penstock.server.gate;

import dev.penstock.core.Check;
import dev.penstock.core.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads golden requests. Pure.
final class GoldenReader {
    private static final int MAX_NESTING = 64;
    private static final int MAX_CASES = 10_000;

    private static final JsonMapper JSON = new JsonMapper(JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build());

    private GoldenReader() {}

    /// @throws IllegalArgumentException saying where it is not what it must be
    static Golden read(byte[] text) {
        try {
            return read(JSON.readTree(text));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(fault(e), e);
        }
    }

    private static Golden read(JsonNode root) {
        checkFields(root, "the file", Set.of("tolerance", "tolerances", "cases"));
        List<Golden.Case> cases = cases(GoldenJson.array(root, "cases", "the file"));
        Map<String, Tolerance> own = tolerances(root.path("tolerances"), outputsOf(cases));
        Tolerance general = root.has("tolerance")
                ? tolerance(root.path("tolerance"), "'tolerance'", Tolerance.USUAL)
                : Tolerance.USUAL;
        return new Golden(general, own, cases);
    }

    private static String fault(JacksonException e) {
        @Nullable TokenStreamLocation at = e.getLocation();
        String where = at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        return "it is not JSON%s: %s".formatted(where, e.getOriginalMessage());
    }

    /// A misspelt field would judge nothing.
    private static void checkFields(JsonNode object, String where, Set<String> known) {
        Check.argument(object.isObject(), "%s is not an object", where);
        for (String field : object.propertyNames()) {
            Check.argument(known.contains(field), "%s has an unknown field '%s'", where, field);
        }
    }

    private static List<Golden.Case> cases(JsonNode array) {
        Check.argument(!array.isEmpty(), "'cases' is empty (expected: at least one)");
        Check.argument(array.size() <= MAX_CASES, "'cases' has %d (expected: <= %d)", array.size(), MAX_CASES);
        List<Golden.Case> cases = new ArrayList<>();
        for (JsonNode node : array) {
            String place = "cases[" + cases.size() + "]";
            checkFields(node, place, Set.of("name", "request", "response"));
            String name = node.has("name") ? GoldenJson.text(node, "name", place) : place;
            cases.add(new Golden.Case(
                    name,
                    tensors(GoldenJson.field(node, "request", place), "inputs", name),
                    tensors(GoldenJson.field(node, "response", place), "outputs", name)));
            Check.argument(!cases.getLast().outputs().isEmpty(), "the response of %s has no outputs", name);
        }
        return cases;
    }

    private static List<Tensor> tensors(JsonNode message, String field, String caseName) {
        List<Tensor> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode node : GoldenJson.array(message, field, caseName)) {
            Tensor tensor = GoldenJson.tensor(node, "%s: %s[%d]".formatted(caseName, field, tensors.size()));
            Check.argument(names.add(tensor.name()), "%s: '%s' is there twice in %s", caseName, tensor.name(), field);
            tensors.add(tensor);
        }
        return tensors;
    }

    private static Set<String> outputsOf(List<Golden.Case> cases) {
        Set<String> names = new HashSet<>();
        cases.forEach(one -> names.addAll(one.outputNames()));
        return names;
    }

    private static Map<String, Tolerance> tolerances(JsonNode node, Set<String> outputs) {
        Map<String, Tolerance> own = new HashMap<>();
        if (node.isMissingNode()) {
            return own;
        }
        checkFields(node, "'tolerances'", outputs);
        for (String output : node.propertyNames()) {
            own.put(output, tolerance(node.path(output), "'tolerances' of '" + output + "'", new Tolerance(0, 0)));
        }
        return own;
    }

    /// @param otherwise what is left out
    private static Tolerance tolerance(JsonNode node, String where, Tolerance otherwise) {
        checkFields(node, where, Set.of("absolute", "relative"));
        return new Tolerance(
                node.has("absolute") ? GoldenJson.number(node, "absolute", where) : otherwise.absolute(),
                node.has("relative") ? GoldenJson.number(node, "relative", where) : otherwise.relative());
    }
}
