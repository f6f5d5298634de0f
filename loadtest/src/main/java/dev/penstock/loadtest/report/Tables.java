package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.Part;
import dev.penstock.loadtest.result.ServerUse;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a result says, as tables. Pure.
final class Tables {
    private Tables() {}

    /// Those of them that have rows, the most important first.
    static List<Table> of(TestResult result) {
        List<Table> tables = new ArrayList<>();
        tables.add(stages(result));
        tables.add(client(result));
        tables.add(server(result));
        tables.add(parts(result));
        tables.add(errors(result));
        tables.add(settings(result));
        return tables.stream().filter(table -> !table.rows().isEmpty()).toList();
    }

    static Table stages(TestResult result) {
        List<String> columns =
                List.of("Stage", "Valid", "Rate/s", "Offered/s", "p50", "p90", "p99", "p99.9", "Max", "Errors");
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            List<String> row = new ArrayList<>();
            row.add(stage.name());
            row.add(stage.validity().isValid() ? "yes" : "NO");
            row.add(Figures.rate(stage.perSecond()));
            row.add(Figures.rate(stage.offeredPerSecond()));
            for (double percentile : List.of(50.0, 90.0, 99.0, 99.9, 100.0)) {
                row.add(Figures.micros(stage.latencyMicros(percentile)));
            }
            row.add(Figures.percent(stage.errorShare()));
            rows.add(row);
        }
        return new Table("Stages", columns, 2, rows);
    }

    static Table client(TestResult result) {
        List<String> columns =
                List.of("Stage", "Load", "Steady", "Requests", "Not sent", "CPU", "Per request", "Late", "Waited");
        List<List<String>> rows = result.stages().stream()
                .map(stage -> List.of(
                        stage.name(),
                        stage.load(),
                        stage.steadiness().isSteady() ? "yes" : "no",
                        Figures.count(stage.succeeded() + stage.failed()),
                        Figures.count(stage.overflowed()),
                        Figures.percent(stage.client().cpuShare()),
                        Figures.micros(stage.client().microsPerRequest()),
                        Figures.percent(stage.client().lateShare()),
                        Figures.percent(stage.client().waitedShare())))
                .toList();
        return new Table("Client", columns, 3, rows);
    }

    static Table server(TestResult result) {
        List<String> columns = List.of("Stage", "Queue", "Compute", "Rows/batch", "CPU/request", "Batches by rows");
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            stage.server().ifPresent(server -> rows.add(row(stage.name(), server)));
        }
        return new Table("Server", columns, 1, rows);
    }

    private static List<String> row(String name, ServerUse server) {
        return List.of(
                name,
                Figures.micros(server.queueMicros()),
                Figures.micros(server.computeMicros()),
                Figures.rate(server.meanBatch()),
                Figures.micros(server.cpuMicrosPerRequest()),
                batches(server.batches()));
    }

    /// The most frequent sizes, with their share of all batches.
    private static String batches(Map<Long, Long> batches) {
        long all = batches.values().stream().mapToLong(Long::longValue).sum();
        return batches.entrySet().stream()
                .sorted(Map.Entry.<Long, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(3)
                .map(batch -> batch.getKey() + ": " + Figures.percent((double) batch.getValue() / (double) all))
                .collect(Collectors.joining(", "));
    }

    static Table parts(TestResult result) {
        List<String> columns =
                List.of("Stage", "By", "Value", "Share", "Expected", "Requests", "p50", "p99", "Max", "Errors");
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            for (Part part : stage.parts()) {
                rows.add(row(stage, part));
            }
        }
        return new Table("Parts", columns, 3, rows);
    }

    private static List<String> row(StageResult stage, Part part) {
        long requests = part.succeeded() + part.failed();
        return List.of(
                stage.name(),
                part.kind(),
                part.value().isEmpty() ? "(none)" : part.value(),
                Figures.percent(share(stage, part)),
                Figures.percent(part.expectedShare().orElse(Double.NaN)),
                Figures.count(requests),
                Figures.micros(part.latencyMicros(50)),
                Figures.micros(part.latencyMicros(99)),
                Figures.micros(part.latencyMicros(100)),
                Figures.percent(requests == 0 ? Double.NaN : (double) part.failed() / (double) requests));
    }

    /// Of all requests of the stage that fall into parts of this kind; NaN if there are none.
    static double share(StageResult stage, Part part) {
        long all = stage.parts().stream()
                .filter(other -> other.kind().equals(part.kind()))
                .mapToLong(other -> other.succeeded() + other.failed())
                .sum();
        return all == 0 ? Double.NaN : (double) (part.succeeded() + part.failed()) / (double) all;
    }

    static Table errors(TestResult result) {
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            long all = stage.succeeded() + stage.failed() + stage.overflowed();
            new TreeMap<>(stage.errors())
                    .forEach((code, count) -> rows.add(List.of(
                            stage.name(),
                            code,
                            Figures.count(count),
                            Figures.percent((double) count / (double) Math.max(1, all)))));
        }
        return new Table("Errors", List.of("Stage", "Code", "Requests", "Share"), 2, rows);
    }

    static Table settings(TestResult result) {
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            new TreeMap<>(stage.settings()).forEach((name, value) -> rows.add(List.of(stage.name(), name, value)));
        }
        return new Table("Settings", List.of("Stage", "Setting", "Value"), 3, rows);
    }
}
