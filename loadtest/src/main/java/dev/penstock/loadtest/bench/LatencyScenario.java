package dev.penstock.loadtest.bench;

import java.util.List;

/// What callers wait who do not wait for each other: the tiny model at rates from 10 to 90 % of the most it can do.
final class LatencyScenario implements Scenario {
    private static final List<Integer> PERCENT = List.of(10, 25, 50, 75, 90);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public void run(Bench bench, Report report) {
        Subject tiny = bench.subjects().tiny();
        for (Server server : List.of(bench.penstock(), bench.stock())) {
            Served served = bench.served(server, tiny, Wire.GRPC, Load.MULTIPLEXED);
            double most =
                    bench.compete("latency, the most", List.of(served)).get(0).perSecond();
            for (int percent : PERCENT) {
                double rate = most * (double) percent / 100;
                bench.say("latency: %s at %d %%, %s requests/s".formatted(server.name(), percent, Numbers.text(rate)));
                Cell cell = Cell.begin(
                        tiny.name(),
                        "gRPC, open loop at %d %% of %s/s".formatted(percent, Numbers.text(most)),
                        server.name());
                for (int round = 0; round < bench.tempo().rounds(); round++) {
                    cell = cell.with(served.sampleAtRate(
                            rate, bench.tempo().begin(), bench.tempo().measured()));
                }
                report.add(cell);
            }
        }
    }
}
