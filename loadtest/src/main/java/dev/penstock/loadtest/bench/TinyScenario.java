package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.util.ArrayList;
import java.util.List;

/// What a request itself costs: the tiny model by gRPC, in three shapes, against the peers and against no
/// server.
final class TinyScenario implements Scenario {
    /// What the stock server cost on the reference machine, in microseconds.
    static final double REFERENCE_MULTIPLEXED = 34;

    static final double REFERENCE_CONNECTIONS = 44;
    static final double REFERENCE_ONE = 87;
    private static final double MULTIPLEXED_BAR = 3.0;
    private static final double RATIO_BAR = 10;
    private static final double CONNECTIONS_BAR = 14;
    private static final double ONE_BAR = 50;
    private static final double LATENCY_BAR = 0.75;
    private static final double ALLOCATION_BAR = 1000;
    private static final double RUNTIME_ALLOCATION_BAR = 352;
    private static final long COUNTED = 100_000;

    @Override
    public String name() {
        return "tiny";
    }

    @Override
    public void run(Bench bench, Report report) {
        Subject tiny = bench.subjects().tiny();
        multiplexed(bench, report, tiny);
        connections(bench, report, tiny);
        one(bench, report, tiny);
    }

    private static void multiplexed(Bench bench, Report report, Subject tiny) {
        Served ours = bench.served(bench.penstock(), tiny, Wire.GRPC, Load.MULTIPLEXED);
        Alone runtime = Alone.shortly(bench.direct(), tiny, Way.PENSTOCK);
        List<Contestant> contestants = servers(bench, tiny, Load.MULTIPLEXED, ours);
        contestants.add(runtime);
        contestants.addAll(bench.yardsticks());
        List<Cell> cells = bench.compete("tiny, gRPC " + Load.MULTIPLEXED, contestants);

        bench.say("tiny: counting what is allocated");
        double allocated = allocated(bench.penstock(), ours);
        double runtimeAllocated = runtime.allocated(bench.tempo().measured());
        cells.set(0, cells.get(0).withAllocated(allocated));
        int runtimeCell = contestants.indexOf(runtime);
        cells.set(runtimeCell, cells.get(runtimeCell).withAllocated(runtimeAllocated));
        report.addAll(cells);
        crossCheck(report, Load.MULTIPLEXED, cells);

        Cell our = cells.get(0);
        Cell stock = cells.get(1);
        bench.stockTook(Load.MULTIPLEXED, stock.fastestMicros());
        String detail =
                "grpc-java %s, %s requests/s".formatted(Numbers.text(stock.cpuMicros()), Numbers.text(our.perSecond()));
        report.add(
                Row.atMostOnReference(
                        "tiny, gRPC 8 x 32, one core",
                        our.cpuMicros(),
                        "µs CPU",
                        detail,
                        MULTIPLEXED_BAR,
                        bench.slowness(Load.MULTIPLEXED, REFERENCE_MULTIPLEXED, cells)),
                our,
                stock);
        report.add(
                Row.atLeast(
                        "the same, against stock grpc-java",
                        stock.cpuMicros() / our.cpuMicros(),
                        "x",
                        "requests/s: %s to %s"
                                .formatted(Numbers.text(our.perSecond()), Numbers.text(stock.perSecond())),
                        RATIO_BAR),
                our,
                stock);
        report.add(Row.atMost("allocated per inference, gRPC 8 x 32", allocated, "B", "", ALLOCATION_BAR));
        report.add(Row.atMost(
                "allocated per inference, ONNX Runtime's path alone",
                runtimeAllocated,
                "B",
                "",
                RUNTIME_ALLOCATION_BAR));
    }

    private static void connections(Bench bench, Report report, Subject tiny) {
        List<Cell> cells = compete(bench, report, tiny, Load.CONNECTIONS);
        crossCheck(report, Load.CONNECTIONS, cells);
        Cell stock = cells.get(1);
        report.add(
                Row.atMostOnReference(
                        "tiny, gRPC 64 x 1",
                        cells.get(0).cpuMicros(),
                        "µs CPU",
                        "grpc-java " + Numbers.text(stock.cpuMicros()),
                        CONNECTIONS_BAR,
                        bench.slowness(Load.CONNECTIONS, REFERENCE_CONNECTIONS, cells)),
                cells.get(0),
                stock);
    }

    private static void one(Bench bench, Report report, Subject tiny) {
        List<Cell> cells = compete(bench, report, tiny, Load.ONE);
        Cell our = cells.get(0);
        Cell stock = cells.get(1);
        report.add(
                Row.atMostOnReference(
                        "tiny, gRPC 1 x 1",
                        our.cpuMicros(),
                        "µs CPU",
                        "grpc-java " + Numbers.text(stock.cpuMicros()),
                        ONE_BAR,
                        bench.slowness(Load.ONE, REFERENCE_ONE, cells)),
                our,
                stock);
        double mean = our.median(Sample::meanMicros);
        double stockMean = stock.median(Sample::meanMicros);
        report.add(
                Row.atMost(
                        "tiny, gRPC 1 x 1, mean latency against stock grpc-java",
                        mean / stockMean,
                        "x",
                        "%s to %s µs".formatted(Numbers.text(mean), Numbers.text(stockMean)),
                        LATENCY_BAR),
                our,
                stock);
    }

    /// All servers, which are reported, and the yardsticks, which are only to judge by.
    private static List<Cell> compete(Bench bench, Report report, Subject tiny, Load load) {
        List<Contestant> contestants =
                servers(bench, tiny, load, bench.served(bench.penstock(), tiny, Wire.GRPC, load));
        int servers = contestants.size();
        contestants.addAll(bench.yardsticks());
        List<Cell> cells = bench.compete("tiny, gRPC " + load, contestants);
        report.addAll(cells.subList(0, servers));
        bench.stockTook(load, cells.get(1).fastestMicros());
        return cells;
    }

    /// Ours, the stock server, and Node's if there is one, which need not show the same twice.
    private static List<Contestant> servers(Bench bench, Subject tiny, Load load, Served ours) {
        List<Contestant> contestants =
                new ArrayList<>(List.of(ours, bench.served(bench.stock(), tiny, Wire.GRPC, load)));
        if (load.equals(Load.MULTIPLEXED)
                || (load.equals(Load.ONE) && !bench.tempo().isQuick())) {
            bench.node().ifPresent(node -> contestants.add(bench.served(node, tiny, Wire.GRPC, load)));
        }
        if (!load.equals(Load.ONE)) {
            bench.h2load(bench.penstock(), tiny, load).ifPresent(contestants::add);
        }
        return contestants;
    }

    /// Says what two generators found of one server, which ought to be about the same CPU time.
    private static void crossCheck(Report report, Load load, List<Cell> cells) {
        Cell our = cells.getFirst();
        cells.stream()
                .filter(H2Load::isCell)
                .findFirst()
                .ifPresentOrElse(
                        other -> report.note(("generators at gRPC %s: ours %s requests/s and %s µs of server CPU each,"
                                        + " h2load %s and %s")
                                .formatted(
                                        load,
                                        Numbers.text(our.perSecond()),
                                        Numbers.text(our.cpuMicros()),
                                        Numbers.text(other.perSecond()),
                                        Numbers.text(other.cpuMicros()))),
                        () -> report.note(
                                "generators at gRPC %s: h2load is not installed, so ours was not checked by it"
                                        .formatted(load)));
    }

    private static double allocated(Server server, Served ours) {
        double before = server.metric("jvm_allocated_bytes_total", "");
        ours.ask(COUNTED);
        return (server.metric("jvm_allocated_bytes_total", "") - before) / (double) COUNTED;
    }
}
