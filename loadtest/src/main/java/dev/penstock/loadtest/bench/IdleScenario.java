package dev.penstock.loadtest.bench;

import java.nio.file.Path;
import java.util.List;

/// What models cost that are loaded and that nobody asks.
final class IdleScenario implements Scenario {
    private static final double CPU_BAR_PERCENT = 1;
    private static final double THREADS_BAR = 9;

    /// @param cpuPercent of one core
    private record Idle(double cpuPercent, int threads, long residentBytes) {}

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(Bench bench, Report report) {
        Idle one = watch(bench, "penstock-one", bench.subjects().repository(), "tiny");
        Idle many = watch(bench, "penstock-many", bench.subjects().many(), "*");
        report.add(Row.atMost(
                "1,000 loaded idle tiny models",
                many.cpuPercent,
                "% of a core",
                "with one model %s; %s MB, with one %s"
                        .formatted(
                                Numbers.text(one.cpuPercent),
                                Numbers.text((double) many.residentBytes / 1e6),
                                Numbers.text((double) one.residentBytes / 1e6)),
                CPU_BAR_PERCENT));
        report.add(Row.atMost(
                "the same, threads more than with one model",
                many.threads - one.threads,
                "threads",
                many.threads + " and " + one.threads,
                THREADS_BAR));
    }

    private static Idle watch(Bench bench, String name, Path repository, String load) {
        Server server = bench.startPenstock(name, List.of(repository), List.of(load), true);
        try {
            // What the start left to do, compilation above all, is not what idle models cost.
            rest(bench.tempo().idle().toMillis());
            long cpuBefore = server.cpu().nanos();
            long startNanos = System.nanoTime();
            bench.say("idle: watching " + name + " for " + bench.tempo().idle().toSeconds() + " s");
            rest(bench.tempo().idle().toMillis());
            double share = (double) (server.cpu().nanos() - cpuBefore) / (double) (System.nanoTime() - startNanos);
            return new Idle(share * 100, server.threads(), server.residentBytes());
        } finally {
            bench.stop(server.child());
        }
    }

    private static void rest(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
