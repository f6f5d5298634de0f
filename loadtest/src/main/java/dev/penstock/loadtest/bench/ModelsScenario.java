package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// What other models cost on the wires.
final class ModelsScenario implements Scenario {
    private static final int TOKENS = 128;
    private static final Load STREAM = new Load(1, 1, 64);
    private static final Load SIXTEEN = new Load(4, 4, 1);

    @Override
    public String name() {
        return "models";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public void run(Bench bench, Report report) {
        digits(bench, report);
        if (Files.exists(bench.subjects().miniLmFile())) {
            miniLm(bench, report);
        }
    }

    private static void digits(Bench bench, Report report) {
        Subject digits = bench.subjects().digits();
        List<Contestant> contestants = new ArrayList<>(List.of(
                bench.served(bench.penstock(), digits, Wire.GRPC, Load.MULTIPLEXED),
                bench.served(bench.stock(), digits, Wire.GRPC, Load.MULTIPLEXED),
                bench.served(bench.penstock(), digits, Wire.STREAM, STREAM),
                bench.served(bench.penstock(), digits, Wire.JSON, Load.CONNECTIONS),
                Alone.shortly(bench.direct(), digits, Way.NAIVE),
                Alone.shortly(bench.direct(), digits, Way.PINNED)));
        bench.node().ifPresent(node -> {
            contestants.add(bench.served(node, digits, Wire.GRPC, Load.MULTIPLEXED));
            contestants.add(bench.served(node, digits, Wire.JSON, Load.CONNECTIONS));
        });
        report.addAll(bench.compete("digits", contestants));
    }

    private static void miniLm(Bench bench, Report report) {
        Subject miniLm = bench.subjects().miniLm(TOKENS);
        Server ours =
                bench.startPenstock("penstock-minilm", List.of(bench.subjects().examples()), List.of("minilm"), true);
        try {
            report.addAll(bench.compete(
                    "MiniLM, 128 tokens",
                    List.of(
                            bench.served(ours, miniLm, Wire.GRPC, SIXTEEN),
                            bench.served(ours, miniLm, Wire.JSON, SIXTEEN.flat()),
                            Alone.of(bench.direct(), miniLm, Way.PINNED))));
        } finally {
            bench.stop(ours.child());
        }
    }
}
