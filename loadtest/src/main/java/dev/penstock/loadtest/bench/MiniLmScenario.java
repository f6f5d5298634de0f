package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import dev.penstock.loadtest.bench.Servers.Stock;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What serving a model of some milliseconds costs: both cores, against the best that a program without a
/// server can do, in pairs that follow each other at once.
final class MiniLmScenario implements Scenario {
    private static final int TOKENS = 32;
    private static final Load SIXTEEN = new Load(4, 4, 1);
    private static final double THROUGHPUT_BAR = 95;
    private static final double LATENCY_BAR_MICROS = 150;
    private static final String THROUGHPUT =
            "MiniLM, 1 x 32 tokens, 16 in flight, both cores, of the best direct runs of the same requests";
    private static final String LATENCY = "MiniLM, 1 in flight, p50 beyond the direct run";

    @Override
    public String name() {
        return "minilm";
    }

    @Override
    public void run(Bench bench, Report report) {
        if (!Files.exists(bench.subjects().miniLmFile())) {
            String reason = bench.subjects().miniLmFile() + " is missing";
            report.add(Row.missing(THROUGHPUT, ">= 95 %", reason));
            report.add(Row.missing(LATENCY, "<= 150 µs", reason));
            return;
        }
        Subject subject = bench.subjects().miniLm(TOKENS);
        bench.cores().moveToBoth();
        Server server =
                bench.startPenstock("penstock-minilm", List.of(bench.subjects().examples()), List.of("minilm"), false);
        Stock stock = bench.startStock(List.of(subject));
        Direct direct = bench.startDirect("direct-minilm", false);
        try {
            pairs(bench, report, subject, server, direct);
            one(bench, report, subject, server, direct);
            List<Served> peers = List.of(
                    bench.served(stock.usual(), subject, Wire.GRPC, SIXTEEN),
                    bench.served(stock.oneThread(), subject, Wire.GRPC, SIXTEEN));
            if (bench.tempo().isQuick()) {
                // Beside runs of 6 ms it hardly matters how warm the server is.
                peers.forEach(peer -> bench.warmUpShortly("MiniLM, grpc-java", peer));
            }
            report.addAll(bench.compete("MiniLM, grpc-java", peers));
        } finally {
            bench.stop(server.child());
            bench.stop(stock.usual().child());
            bench.stop(direct.child());
            bench.cores().moveToGeneratorCore();
        }
    }

    private static void pairs(Bench bench, Report report, Subject subject, Server server, Direct direct) {
        Tempo tempo = bench.tempo();
        Served served = bench.served(server, subject, Wire.GRPC, SIXTEEN);
        bench.warmUp("MiniLM", served);
        double taken = taken(served.measure(tempo.begin(), tempo.measured()));
        FastestWay fastest = fastest(bench, direct, subject, taken);
        Way best = fastest.each();
        Cell ours = served.cell();
        Cell alone = Alone.of(direct, subject, best).cell();
        List<Double> shares = new ArrayList<>();
        for (int pair = 0; pair < tempo.pairs(); pair++) {
            bench.say("MiniLM: pair " + (pair + 1) + " of " + tempo.pairs() + ", against " + best);
            boolean servedFirst = pair % 2 == 0;
            Sample loop = servedFirst ? null : beside(taken, direct, subject, best, tempo.measured());
            Sample sample = served.measure(tempo.begin(), tempo.measured());
            taken = taken(sample);
            if (loop == null) {
                loop = beside(taken, direct, subject, best, tempo.measured());
            }
            ours = ours.with(sample);
            alone = alone.with(loop);
            shares.add(sample.perSecond() / loop.perSecond() * 100);
        }
        report.add(ours);
        report.add(alone);
        double[] all = shares.stream().mapToDouble(Double::doubleValue).toArray();
        report.add(
                Row.atLeast(
                        THROUGHPUT,
                        Numbers.mean(all),
                        "%",
                        """
                        ± %s with 95 %% confidence, %d pairs, median %s; %s to %s/s, direct: %s; rows put together \
                        as if they came at once do %s/s, %s""".formatted(
                                        Numbers.text(Numbers.confidence(all)),
                                        all.length,
                                        Numbers.text(Numbers.median(all)),
                                        Numbers.text(ours.perSecond()),
                                        Numbers.text(alone.perSecond()),
                                        best,
                                        Numbers.text(fastest.togetherPerSecond()),
                                        fastest.together()),
                        THROUGHPUT_BAR),
                ours);
    }

    /// What the generator takes from the server, as a share of a core; something takes it from direct runs as
    /// well.
    private static double taken(Sample served) {
        return served.generatorMicros() * served.perSecond() / 1e6;
    }

    @SuppressWarnings("try") // That it burns is what it is for.
    private static Sample beside(double share, Direct direct, Subject subject, Way way, Duration time) {
        try (Burner burner = Burner.start(share)) {
            return Sample.of(direct.run(subject, way, time));
        }
    }

    private static FastestWay fastest(Bench bench, Direct direct, Subject subject, double taken) {
        return FastestWay.of(way -> {
            bench.say("MiniLM: trying " + way);
            direct.run(subject, way, bench.tempo().begin());
            return beside(taken, direct, subject, way, bench.tempo().measured()).perSecond();
        });
    }

    private static void one(Bench bench, Report report, Subject subject, Server server, Direct direct) {
        List<Cell> cells = bench.compete(
                "MiniLM, one at a time",
                List.of(bench.served(server, subject, Wire.GRPC, Load.ONE), Alone.of(direct, subject, Way.PINNED)));
        report.addAll(cells);
        double served = cells.get(0).p50Micros();
        double alone = cells.get(1).p50Micros();
        report.add(
                Row.atMost(
                        LATENCY,
                        served - alone,
                        "µs",
                        "%s - %s".formatted(Numbers.text(served), Numbers.text(alone)),
                        LATENCY_BAR_MICROS),
                cells.get(0));
    }
}
