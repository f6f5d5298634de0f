package dev.penstock.loadtest.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What callers notice of it when every request of theirs is copied for another version: the tiny model by a
/// route, at 30 % of the most it can do. One server on one core: in each pair of short turns it copies in one
/// and not in the other, so that both have the same code, the same heap and the same neighbours.
final class ShadowScenario implements Scenario {
    private static final double BAR = 1.05;
    private static final int PERCENT = 30;
    private static final int FEW_PERCENT = 3;

    /// Pairs of turns in each round of others: a p99 of two seconds is made by some ten moments, so turns of
    /// the same kind differ from each other by more than copies cost.
    private static final int PAIRS = 12;

    /// Pairs that are not counted: what runs only in turns is compiled then.
    private static final int FIRST_PAIRS = 4;

    /// How often in each round of others what is done between turns is done before: it is compiled then, and
    /// not on the server's only core in the next turn.
    private static final int CHANGES = 30;

    /// Of a turn of others.
    private static final int PARTS = 2;

    @Override
    public String name() {
        return "shadow";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public void run(Bench bench, Report report) {
        try (TempFolder folder = TempFolder.create("penstock-shadow")) {
            run(bench, report, folder.path());
        }
    }

    private static void run(Bench bench, Report report, Path folder) {
        Server server = bench.startPenstock(
                "penstock-shadowed",
                List.of(bench.subjects().repository()),
                List.of("tiny", "tiny-next"),
                true,
                "--data-dir",
                folder.toString());
        try (ShadowedRoute route = new ShadowedRoute(server)) {
            measure(bench, server, route, report);
        } finally {
            bench.stop(server.child());
        }
    }

    private static void measure(Bench bench, Server server, ShadowedRoute route, Report report) {
        Subject tiny = bench.subjects().tiny();
        // Answers of a route say more, and are compared with the first one.
        route.copies(true);
        // Of the ways to ask it the one with most answers: so most copies at 30 %.
        Served served = bench.served(server.named("penstock, a route"), tiny, Wire.GRPC, Load.MULTIPLEXED);
        bench.warmUp("shadow, every request copied", served);
        route.copies(false);
        Cell most = bench.compete("shadow, the most", List.of(served)).getFirst();
        report.add(most);
        AtRate asked = new AtRate(served, PERCENT, most.perSecond());
        route.copies(true);
        bench.say("shadow at " + PERCENT + " %: warms up");
        Sample _ = asked.measure(Duration.ZERO, bench.tempo().firstWarmUp());
        // Only where the core rests are so many copies answered that the code for it is compiled.
        Sample _ = new AtRate(served, FEW_PERCENT, most.perSecond())
                .measure(Duration.ZERO, bench.tempo().firstWarmUp());
        route.changeOften(bench.tempo().rounds() * CHANGES);
        new ShadowPairs(bench, route, asked).measure("warms up by turns", FIRST_PAIRS, PARTS);
        new ShadowPairs(bench, route, asked)
                .measure("at " + PERCENT + " %", bench.tempo().rounds() * PAIRS, PARTS)
                .report(report, BAR);
    }
}
