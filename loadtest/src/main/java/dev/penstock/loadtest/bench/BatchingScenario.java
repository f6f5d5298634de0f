package dev.penstock.loadtest.bench;

import java.util.List;

/// What a lone caller pays for the batching of others.
final class BatchingScenario implements Scenario {
    private static final double BAR_MICROS = 50;

    @Override
    public String name() {
        return "batching";
    }

    @Override
    public void run(Bench bench, Report report) {
        // Threads that read requests run none here: a model that is not batched never runs there, and so it would not
        // be
        // batching that is compared.
        Server server = bench.startPenstock(
                "penstock-batching",
                List.of(bench.subjects().repository()),
                List.of("tiny", "tiny-alone"),
                true,
                "--inline-budget",
                "0s");
        try {
            measure(bench, report, server);
        } finally {
            bench.stop(server.child());
        }
    }

    private static void measure(Bench bench, Report report, Server server) {
        List<Cell> cells = bench.compete(
                "one at a time, batching on and off",
                List.of(
                        bench.served(server, bench.subjects().tiny(), Wire.GRPC, Load.ONE),
                        bench.served(server, bench.subjects().tinyAlone(), Wire.GRPC, Load.ONE)));
        report.addAll(cells);
        double on = cells.get(0).p50Micros();
        double off = cells.get(1).p50Micros();
        report.add(
                Row.atMost(
                        "concurrency 1, batching on against off, p50, both through a worker",
                        on - off,
                        "µs",
                        "%s and %s".formatted(Numbers.text(on), Numbers.text(off)),
                        BAR_MICROS),
                cells.get(0),
                cells.get(1));
    }
}
