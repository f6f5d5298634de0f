package dev.penstock.loadtest;

import dev.penstock.loadtest.replay.ReplayResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Prints what came of a replay.
final class ReplayReport {
    private ReplayReport() {}

    /// @param compared whether answers were compared
    static void print(PrintWriter out, ReplayResult result, boolean compared) {
        out.println("sent     " + result.sent());
        if (compared) {
            out.println("same     " + result.same());
            out.println("differ   " + result.different());
            if (result.uncompared() > 0) {
                out.println("not compared  " + result.uncompared() + " answers: all their outputs are redacted");
            }
            if (result.redactedOutputs() > 0) {
                out.println("not compared  " + result.redactedOutputs() + " outputs that are redacted");
            }
        } else {
            out.println("answered " + result.uncompared());
        }
        out.println("failed   " + result.failed());
        if (result.skipped() > 0) {
            out.println("skipped  " + result.skipped());
            new TreeMap<>(result.reasons()).forEach((why, count) -> out.println("  " + count + ": " + why));
        }
        if (compared && !result.outputs().isEmpty()) {
            out.println();
            outputs(out, result.outputs());
        }
        list(out, "first differences:", result.differences());
        list(out, "first failures:", result.failures());
    }

    private static void outputs(PrintWriter out, List<ReplayResult.Output> outputs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("OUTPUT", "ANSWERS", "DIFFER", "VALUES", "DIFFER", "MAX ABSOLUTE", "MAX RELATIVE"));
        for (ReplayResult.Output output : outputs) {
            rows.add(List.of(
                    output.name(),
                    Long.toString(output.answers()),
                    Long.toString(output.different()),
                    Long.toString(output.values()),
                    Long.toString(output.differentValues()),
                    brief(output.absolute()),
                    brief(output.relative())));
        }
        ReplyTable.printAligned(out, rows);
    }

    private static String brief(double value) {
        return value == 0 || Double.isInfinite(value)
                ? Double.toString(value).replace(".0", "")
                : String.format(Locale.ROOT, "%.3g", value);
    }

    private static void list(PrintWriter out, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            out.println();
            out.println(title);
            lines.forEach(line -> out.println("  " + line));
        }
    }

    static ObjectNode json(ReplayResult result, boolean compared) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("sent", result.sent());
        json.put("compared", compared);
        if (compared) {
            json.put("same", result.same()).put("different", result.different());
            json.put("not_compared", result.uncompared()).put("redacted_outputs", result.redactedOutputs());
        } else {
            json.put("answered", result.uncompared());
        }
        json.put("failed", result.failed()).put("skipped", result.skipped());
        ObjectNode reasons = json.putObject("skipped_because");
        new TreeMap<>(result.reasons()).forEach(reasons::put);
        ArrayNode outputs = json.putArray("outputs");
        for (ReplayResult.Output output : result.outputs()) {
            ObjectNode one = outputs.addObject();
            one.put("name", output.name())
                    .put("answers", output.answers())
                    .put("different", output.different())
                    .put("values", output.values())
                    .put("different_values", output.differentValues());
            put(one, "max_absolute", output.absolute());
            put(one, "max_relative", output.relative());
        }
        result.differences().forEach(json.putArray("differences")::add);
        result.failures().forEach(json.putArray("failures")::add);
        return json;
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.put(name, Double.toString(value));
        }
    }
}
