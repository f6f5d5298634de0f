package dev.penstock.loadtest.bench;

import java.util.ArrayList;
import java.util.List;

/// What callers wait who do not wait for each other: the tiny model at rates from 10 to 90 % of the most it can
/// do.
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
        List<Served> servers = List.of(
                bench.served(bench.penstock(), tiny, Wire.GRPC, Load.MULTIPLEXED),
                bench.served(bench.stock(), tiny, Wire.GRPC, Load.MULTIPLEXED));
        List<Cell> most = bench.compete("latency, the most", servers);
        for (int percent : PERCENT) {
            List<AtRate> asked = new ArrayList<>();
            for (int i = 0; i < servers.size(); i++) {
                asked.add(new AtRate(servers.get(i), percent, most.get(i).perSecond()));
            }
            report.addAll(bench.compete("latency at " + percent + " %", asked));
        }
    }
}
