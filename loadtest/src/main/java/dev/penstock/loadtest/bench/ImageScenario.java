package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.util.ArrayList;
import java.util.List;

/// What carrying 602,112 bytes costs, beyond the run of the model.
final class ImageScenario implements Scenario {
    private static final Load LOAD = new Load(4, 4, 1);
    private static final Load REST = new Load(16, 1, 1);
    private static final double GRPC_BAR = 250;
    private static final double BINARY_BAR = 200;

    @Override
    public String name() {
        return "image";
    }

    @Override
    public void run(Bench bench, Report report) {
        Subject image = bench.subjects().image();
        List<Contestant> contestants = new ArrayList<>(List.of(
                bench.served(bench.penstock(), image, Wire.GRPC, LOAD),
                bench.served(bench.penstock(), image, Wire.BINARY, REST),
                bench.served(bench.stock(), image, Wire.GRPC, LOAD),
                bench.served(bench.stockOneThread(), image, Wire.GRPC, LOAD),
                Alone.shortly(bench.direct(), image, Way.PINNED)));
        int reported = contestants.size();
        contestants.addAll(bench.yardsticks());
        List<Cell> cells = bench.compete("image", contestants);
        report.addAll(cells.subList(0, reported));
        double direct = cells.get(4).cpuMicros();
        Slowness slowness = bench.slowness(Load.CONNECTIONS, TinyScenario.REFERENCE_CONNECTIONS, cells);
        String stock = ", grpc-java %s, with intra_op 1 %s"
                .formatted(
                        Numbers.text(cells.get(2).cpuMicros() - direct),
                        Numbers.text(cells.get(3).cpuMicros() - direct));
        add(report, "602 KB tensor, gRPC, beyond the direct run", cells.get(0), direct, stock, GRPC_BAR, slowness);
        add(
                report,
                "602 KB tensor, REST binary, beyond the direct run",
                cells.get(1),
                direct,
                "",
                BINARY_BAR,
                slowness);
    }

    private static void add(
            Report report, String what, Cell cell, double direct, String more, double bar, Slowness slowness) {
        String detail = "%s - %s".formatted(Numbers.text(cell.cpuMicros()), Numbers.text(direct)) + more;
        report.add(Row.atMostOnReference(what, cell.cpuMicros() - direct, "µs CPU", detail, bar, slowness), cell);
    }
}
