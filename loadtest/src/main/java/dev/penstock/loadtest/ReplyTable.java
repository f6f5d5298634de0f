package dev.penstock.loadtest;

import dev.penstock.loadtest.input.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Prints a reply for people.
final class ReplyTable {
    private static final int MAX_VALUES = 12;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final List<String> TITLES = List.of("OUTPUT", "TYPE", "SHAPE", "VALUES");

    private ReplyTable() {}

    static void print(PrintWriter out, JsonNode reply, String requestId, long latencyNanos) {
        out.println("model    " + reply.path("model_name").asString(""));
        out.println("version  " + reply.path("model_version").asString(""));
        JsonNode parameters = reply.path("parameters");
        if (parameters.has("penstock_route")) {
            out.println("route    " + parameters.path("penstock_route").asString(""));
            out.println("arm      " + parameters.path("penstock_arm").asString(""));
        }
        out.printf(
                Locale.ROOT,
                "latency  %.1f ms, with connecting and this program's start%n",
                latencyNanos / NANOS_PER_MILLI);
        if (!requestId.isEmpty()) {
            out.println("request  " + requestId);
        }
        out.println();
        List<List<String>> rows = new ArrayList<>();
        rows.add(TITLES);
        for (JsonNode output : reply.path("outputs")) {
            rows.add(List.of(
                    output.path("name").asString(""),
                    output.path("datatype").asString(""),
                    output.path("shape").toString(),
                    values(output.path("data"))));
        }
        printAligned(out, rows);
    }

    private static String values(JsonNode data) {
        List<JsonNode> flat = new ArrayList<>();
        Json.flatten(data, flat);
        String shown = flat.stream()
                .limit(MAX_VALUES)
                .map(value -> value.isString() ? '"' + value.stringValue() + '"' : value.toString())
                .collect(Collectors.joining(", "));
        return flat.size() <= MAX_VALUES ? shown : shown + ", ... (" + flat.size() + " values; all with --format json)";
    }

    /// Rows of cells, of which the first are the titles.
    static void printAligned(PrintWriter out, List<List<String>> rows) {
        int last = rows.getFirst().size() - 1;
        int[] widths = new int[last];
        for (List<String> row : rows) {
            for (int i = 0; i < last; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line.append(row.get(last)));
        }
    }
}
