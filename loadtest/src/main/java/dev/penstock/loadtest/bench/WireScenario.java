package dev.penstock.loadtest.bench;

import java.util.ArrayList;
import java.util.List;

/// What the other wires cost: a stream, REST with JSON and with binary tensors.
final class WireScenario implements Scenario {
    private static final Load STREAM = new Load(1, 1, 256);
    private static final double STREAM_BAR = 2.5;
    private static final double JSON_BAR = 1.1;
    private static final double BINARY_BAR = 1.0;
    private static final double FLOATS_BAR = 80;

    @Override
    public String name() {
        return "wires";
    }

    @Override
    public void run(Bench bench, Report report) {
        Subject tiny = bench.subjects().tiny();
        stream(bench, report, tiny);
        rest(bench, report, tiny);
        floats(bench, report);
    }

    private static void stream(Bench bench, Report report, Subject tiny) {
        List<Contestant> contestants = new ArrayList<>(List.of(
                bench.served(bench.penstock(), tiny, Wire.STREAM, STREAM),
                bench.served(bench.stock(), tiny, Wire.STREAM, STREAM)));
        contestants.addAll(bench.yardsticks());
        List<Cell> cells = bench.compete("tiny, gRPC stream", contestants);
        report.addAll(cells.subList(0, 2));
        report.add(
                Row.atMostOnReference(
                        "ModelStreamInfer, one stream, 256 in flight",
                        cells.get(0).cpuMicros(),
                        "µs CPU",
                        "grpc-java " + Numbers.text(cells.get(1).cpuMicros()),
                        STREAM_BAR,
                        bench.slowness(Load.MULTIPLEXED, TinyScenario.REFERENCE_MULTIPLEXED, cells)),
                cells.get(0));
    }

    private static void rest(Bench bench, Report report, Subject tiny) {
        List<Contestant> contestants = new ArrayList<>(List.of(
                bench.served(bench.penstock(), tiny, Wire.GRPC, Load.CONNECTIONS),
                bench.served(bench.penstock(), tiny, Wire.JSON, Load.CONNECTIONS),
                bench.served(bench.penstock(), tiny, Wire.BINARY, Load.CONNECTIONS)));
        if (!bench.tempo().isQuick()) {
            bench.node().ifPresent(node -> contestants.add(bench.served(node, tiny, Wire.JSON, Load.CONNECTIONS)));
        }
        List<Cell> cells = bench.compete("tiny, REST", contestants);
        report.addAll(cells.subList(1, cells.size()));
        Cell grpc = cells.get(0);
        add(report, "tiny, REST JSON, 64 connections, against our gRPC 64 x 1", cells.get(1), grpc, JSON_BAR);
        add(report, "tiny, REST binary, 64 connections, against our gRPC 64 x 1", cells.get(2), grpc, BINARY_BAR);
    }

    private static void add(Report report, String what, Cell cell, Cell grpc, double bar) {
        report.add(
                Row.atMost(
                        what,
                        cell.cpuMicros() / grpc.cpuMicros(),
                        "x",
                        "%s to %s µs CPU".formatted(Numbers.text(cell.cpuMicros()), Numbers.text(grpc.cpuMicros())),
                        bar),
                cell,
                grpc);
    }

    private static void floats(Bench bench, Report report) {
        Subject floats = bench.subjects().floats();
        List<Contestant> contestants = new ArrayList<>(List.of(
                bench.served(bench.penstock(), floats, Wire.GRPC, Load.CONNECTIONS),
                bench.served(bench.penstock(), floats, Wire.JSON, Load.CONNECTIONS)));
        int servers = contestants.size();
        contestants.addAll(bench.yardsticks());
        List<Cell> cells = bench.compete("1,000 floats", contestants);
        report.addAll(cells.subList(0, servers));
        report.add(
                Row.atMostOnReference(
                        "REST JSON, 1,000 floats in, 1,000 out",
                        cells.get(1).cpuMicros(),
                        "µs CPU",
                        "gRPC " + Numbers.text(cells.get(0).cpuMicros()),
                        FLOATS_BAR,
                        bench.slowness(Load.CONNECTIONS, TinyScenario.REFERENCE_CONNECTIONS, cells)),
                cells.get(1));
    }
}
