package dev.penstock.loadtest.report;

import dev.penstock.loadtest.compare.Comparison;
import dev.penstock.loadtest.compare.Line;
import dev.penstock.loadtest.compare.Metric;
import dev.penstock.loadtest.result.TestResult;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes JSON of a comparison. What is not known, or has no bound, is null.
final class ComparisonJson {
    private static final int FORMAT = 1;

    private ComparisonJson() {}

    static ObjectNode of(TestResult a, TestResult b, Comparison comparison, List<String> notes, boolean passes) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("format", FORMAT).put("passes", passes);
        json.putObject("a").put("name", a.name()).put("at", a.at().toString());
        json.putObject("b").put("name", b.name()).put("at", b.at().toString());
        json.put("confidence", comparison.criteria().confidence());
        json.put("tolerance", comparison.criteria().tolerance());
        ArrayNode lines = json.putArray("lines");
        comparison.lines().forEach(line -> add(lines.addObject(), line, comparison));
        ArrayNode missing = json.putArray("only_in_a");
        comparison.missing().forEach(missing::add);
        ArrayNode added = json.putArray("only_in_b");
        comparison.added().forEach(added::add);
        ArrayNode words = json.putArray("notes");
        notes.forEach(words::add);
        return json;
    }

    private static void add(ObjectNode json, Line line, Comparison comparison) {
        json.put("stage", line.stage());
        json.put("metric", line.metric().name().toLowerCase(Locale.ROOT)).put("unit", unit(line.metric()));
        put(json, "a", line.a());
        put(json, "b", line.b());
        ObjectNode change = json.putObject(line.metric() == Metric.ERRORS ? "difference" : "ratio");
        put(change, "estimate", line.change().estimate());
        put(change, "low", line.change().low());
        put(change, "high", line.change().high());
        json.put("verdict", line.verdict().name().toLowerCase(Locale.ROOT));
        Double limit = comparison.criteria().limits().get(line.metric());
        if (limit != null) {
            json.put("limit", limit).put("limit_verdict", line.limit().name().toLowerCase(Locale.ROOT));
        }
    }

    private static String unit(Metric metric) {
        return switch (metric) {
            case RATE -> "per second";
            case ERRORS -> "share";
            case P50, P90, P99, P999, SERVER_CPU -> "microseconds";
        };
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
