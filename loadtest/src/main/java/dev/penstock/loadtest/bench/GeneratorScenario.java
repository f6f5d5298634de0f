package dev.penstock.loadtest.bench;

import java.util.Optional;

/// What the generator itself can do: one core asks an echo on another core, so that the rate is the
/// generator's. It has to be well above what servers answer, or it measures itself.
final class GeneratorScenario implements Scenario {
    private static final double MULTIPLEXED_BAR = 150_000;
    private static final double CONNECTIONS_BAR = 60_000;

    @Override
    public String name() {
        return "generator";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public void run(Bench bench, Report report) {
        Server echo = bench.startEcho();
        try {
            measure(bench, report, echo, Load.MULTIPLEXED, MULTIPLEXED_BAR);
            measure(bench, report, echo, Load.CONNECTIONS, CONNECTIONS_BAR);
        } finally {
            bench.stop(echo.child());
        }
    }

    private static void measure(Bench bench, Report report, Server echo, Load load, double bar) {
        Subject tiny = bench.subjects().tiny();
        String task = "generator, gRPC " + load;
        Tempo tempo = bench.tempo();
        Echoed ours = bench.echoed(echo, tiny, load);
        Optional<H2Load> h2load = bench.h2load(echo, tiny, load);
        bench.warmUp(task, ours);
        bench.say(task + ": measuring");
        Cell our = ours.cell().with(ours.measure(tempo.begin(), tempo.measured()));
        Optional<Cell> other = h2load.map(asked -> asked.cell().with(asked.measure(tempo.begin(), tempo.measured())));
        our = our.with(ours.measure(tempo.begin(), tempo.measured()));
        report.add(our);
        other.ifPresent(report::add);
        String detail = other.map(cell -> "h2load " + Numbers.text(cell.perSecond()) + "/s")
                .orElse("h2load is not installed");
        report.add(
                Row.atLeast(
                        "generator, gRPC " + load + ", one core",
                        our.perSecond(),
                        "requests/s",
                        "%s; %s µs of CPU each, echo %s"
                                .formatted(
                                        detail,
                                        Numbers.text(our.median(Sample::generatorMicros)),
                                        Numbers.text(our.cpuMicros())),
                        bar),
                our);
    }
}
