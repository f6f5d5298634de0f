package dev.penstock.loadtest.bench;

import java.util.List;

/// What it costs to count what a model answers: the tiny model, whose answers are class scores, of two servers
/// that take turns on one core, of which one counts.
final class MonitoringScenario implements Scenario {
    private static final double BAR = 0.95;

    @Override
    public String name() {
        return "monitoring";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public void run(Bench bench, Report report) {
        Subjects subjects = bench.subjects();
        Subject tiny = subjects.tiny();
        Server blind = bench.startPenstock(
                        "penstock-unmonitored",
                        List.of(subjects.repository()),
                        List.of("tiny"),
                        true,
                        "--monitoring-outputs",
                        "false")
                .named("penstock, unmonitored");
        Server counting = bench.startPenstock(
                        "penstock-monitored", List.of(subjects.repository()), List.of("tiny"), true)
                .named("penstock, monitored");
        try {
            List<Cell> cells = bench.compete(
                    "tiny, monitored or not, gRPC " + Load.MULTIPLEXED,
                    List.of(
                            bench.served(counting, tiny, Wire.GRPC, Load.MULTIPLEXED),
                            bench.served(blind, tiny, Wire.GRPC, Load.MULTIPLEXED)));
            report.addAll(cells);
            Cell with = cells.get(0);
            Cell without = cells.get(1);
            // By CPU time: with one core for the server it is the throughput, and neighbours disturb it less.
            report.add(
                    Row.atLeast(
                            "tiny, gRPC 8 x 32, with its outputs counted, of the throughput without",
                            without.cpuMicros() / with.cpuMicros(),
                            "x",
                            "%s to %s µs CPU; %s to %s requests/s"
                                    .formatted(
                                            Numbers.text(without.cpuMicros()),
                                            Numbers.text(with.cpuMicros()),
                                            Numbers.text(without.perSecond()),
                                            Numbers.text(with.perSecond())),
                            BAR),
                    with,
                    without);
        } finally {
            bench.stop(counting.child());
            bench.stop(blind.child());
        }
    }
}
