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
        List<Cell> cells = bench.compete(
                "one at a time, batching on and off",
                List.of(
                        bench.served(bench.penstock(), bench.subjects().tiny(), Wire.GRPC, Load.ONE),
                        bench.served(bench.penstock(), bench.subjects().tinyAlone(), Wire.GRPC, Load.ONE)));
        report.addAll(cells);
        double on = cells.get(0).p50Micros();
        double off = cells.get(1).p50Micros();
        report.add(Row.atMost(
                "concurrency 1, batching on against off, p50",
                on - off,
                "µs",
                "%s and %s".formatted(Numbers.text(on), Numbers.text(off)),
                BAR_MICROS));
    }
}
