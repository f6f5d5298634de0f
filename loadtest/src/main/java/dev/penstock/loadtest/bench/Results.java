package dev.penstock.loadtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes a report as `bench.json` and `bench.md`.
public final class Results {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Results() {}

    static void write(Path folder, Map<String, String> machine, Report report) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("bench.json"), json(machine, report).toPrettyString() + "\n");
        Files.writeString(folder.resolve("bench.md"), markdown(machine, report));
    }

    public static ObjectNode json(Map<String, String> machine, Report report) {
        ObjectNode json = MAPPER.createObjectNode();
        ObjectNode facts = json.putObject("machine");
        machine.forEach(facts::put);
        ArrayNode rows = json.putArray("numbers");
        for (Row row : report.rows()) {
            ObjectNode node = rows.addObject().put("what", row.what());
            put(node, "value", row.value());
            node.put("unit", row.unit()).put("measured", row.measured()).put("bar", row.bar());
            node.put("reached", row.verdict().reached())
                    .put("verdict", row.verdict().text());
        }
        ArrayNode cells = json.putArray("measurements");
        report.cells().forEach(cell -> cells.add(json(cell)));
        ArrayNode notes = json.putArray("notes");
        report.notes().forEach(notes::add);
        return json;
    }

    private static ObjectNode json(Cell cell) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("model", cell.subject()).put("how", cell.how()).put("who", cell.who());
        put(node, "allocated_bytes", cell.allocatedBytes());
        ArrayNode samples = node.putArray("samples");
        for (Sample sample : cell.samples()) {
            ObjectNode turn = samples.addObject();
            turn.put("right", sample.right());
            put(turn, "per_second", sample.perSecond());
            put(turn, "cpu_micros", sample.cpuMicros());
            put(turn, "mean_micros", sample.meanMicros());
            put(turn, "p50_micros", sample.p50Micros());
            put(turn, "p99_micros", sample.p99Micros());
            put(turn, "p999_micros", sample.p999Micros());
            put(turn, "generator_micros", sample.generatorMicros());
            ObjectNode errors = turn.putObject("errors");
            sample.errors().forEach(errors::put);
        }
        return node;
    }

    private static void put(ObjectNode node, String name, double value) {
        if (!Double.isNaN(value)) {
            node.put(name, value);
        }
    }

    static String markdown(Map<String, String> machine, Report report) {
        StringBuilder text = new StringBuilder();
        machine.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append('\n').append(numbers(report)).append('\n').append(measurements(report));
        report.notes().forEach(note -> text.append("\n").append(note).append(".\n"));
        return text.toString();
    }

    /// What was to be reached, as a table.
    public static String numbers(Report report) {
        StringBuilder text = new StringBuilder("| what | measured | must be | |\n|---|---|---|---|\n");
        for (Row row : report.rows()) {
            text.append("| ").append(row.what()).append(" | ").append(row.measured());
            text.append(" | ").append(row.bar()).append(" | ");
            text.append(row.verdict().text()).append(" |\n");
        }
        return text.toString();
    }

    private static String measurements(Report report) {
        StringBuilder text = new StringBuilder(
                "| model | how | who | requests/s | µs CPU | of grpc-java | p50 µs | p99 µs | p99.9 µs | B allocated |\n");
        text.append("|---|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        for (Cell cell : report.cells()) {
            text.append("| ").append(cell.subject()).append(" | ").append(cell.how());
            text.append(" | ").append(cell.who()).append(" | ");
            text.append(Numbers.text(cell.perSecond())).append(" | ");
            text.append(Numbers.text(cell.cpuMicros())).append(" | ");
            text.append(Numbers.text(cell.cpuMicros() / stockMicros(report, cell)))
                    .append(" | ");
            text.append(Numbers.text(cell.p50Micros())).append(" | ");
            text.append(Numbers.text(cell.median(Sample::p99Micros))).append(" | ");
            text.append(Numbers.text(cell.median(Sample::p999Micros))).append(" | ");
            text.append(Numbers.text(cell.allocatedBytes())).append(" |\n");
        }
        return text.toString();
    }

    /// What the stock server took for the same; NaN if it was not asked.
    private static double stockMicros(Report report, Cell cell) {
        return report.cells().stream()
                .filter(other -> other.who().equals(Servers.STOCK)
                        && other.subject().equals(cell.subject())
                        && other.how().equals(cell.how()))
                .mapToDouble(Cell::cpuMicros)
                .findFirst()
                .orElse(Double.NaN);
    }
}
