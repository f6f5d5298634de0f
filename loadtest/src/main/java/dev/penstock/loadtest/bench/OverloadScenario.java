package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.LoadResult;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// What a server still does when it is asked for twice of what it can do: whether what it answers is as much as
/// before, whether it refuses at once, and whether its memory stays as it is.
final class OverloadScenario implements Scenario {
    private static final Load PEAK = new Load(16, 48, 1);
    /// More than may wait in the server, so that it is the server that refuses.
    private static final Load FLOOD = new Load(8, 800, 1);
    private static final double EXCESS = 2;
    /// Less than that, and it is the generator that was overloaded.
    private static final double ENOUGH = 1.9;
    private static final int TRIES = 4;
    private static final Duration DEADLINE = Duration.ofMillis(250);
    private static final double GOODPUT_BAR = 90;
    private static final double REJECT_BAR_MILLIS = 5;
    private static final double MEMORY_BAR_PERCENT = 5;
    private static final String TASK = "overload, the peak";
    private static final String REFUSALS = "the same, p99 of the refusals";
    private static final String MEMORY = "the same, growth of memory in the second half";

    /// @param heapBytes that are live after a collection
    /// @param residentBytes of the whole process
    private record Memory(double heapBytes, double residentBytes) {
        static Memory of(Server server, Bench bench) {
            return new Memory((double) server.liveHeapBytes(bench.java()), (double) server.residentBytes());
        }

        static double growthPercent(double before, double after) {
            return (after / before - 1) * 100;
        }
    }

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public void run(Bench bench, Report report) {
        Subject busy = bench.subjects().busy();
        Server server = bench.penstock();
        Served asked = bench.served(server, busy, Wire.GRPC, PEAK);
        // The first model here that workers run and not event loops: a peak that is measured cold is no peak.
        bench.warmUpAnew(TASK, asked);
        Cell closed = bench.compete(TASK, List.of(asked)).get(0);
        report.add(closed);
        Served flood = bench.served(server, busy, Wire.GRPC, FLOOD);
        double peak = saturation(bench, flood, closed.perSecond());
        double rate = EXCESS * peak;
        Duration half = bench.tempo().overload().dividedBy(2);
        bench.say("overload: %s requests/s for %s s, twice".formatted(Numbers.text(rate), half.toSeconds()));
        LoadResult first = flood.atRate(rate, bench.tempo().begin(), half, DEADLINE);
        Memory before = Memory.of(server, bench);
        LoadResult second = flood.atRate(rate, bench.tempo().begin(), half, DEADLINE);
        Memory after = Memory.of(server, bench);

        String goodput = "overload at 2 x saturation for %d s, goodput of the peak"
                .formatted(bench.tempo().overload().toSeconds());
        double sent = Math.min(first.sentPerSecond(), second.sentPerSecond()) / peak;
        if (sent < ENOUGH) {
            String reason = "only %s x the peak of %s/s was sent".formatted(Numbers.text(sent), Numbers.text(peak));
            report.add(Row.missing(goodput, ">= 90 %", reason));
            report.add(Row.missing(REFUSALS, "<= 5 ms", reason));
            report.add(Row.missing(MEMORY, "<= 5 %", reason));
            return;
        }
        double good = (first.perSecondWithin(DEADLINE) + second.perSecondWithin(DEADLINE)) / 2;
        report.add(
                Row.atLeast(
                        goodput,
                        good / peak * 100,
                        "%",
                        "%s of %s/s in time, %s x sent"
                                .formatted(Numbers.text(good), Numbers.text(peak), Numbers.text(sent)),
                        GOODPUT_BAR),
                closed);
        addRejects(report, first, second);
        double heap = Memory.growthPercent(before.heapBytes, after.heapBytes);
        double resident = Memory.growthPercent(before.residentBytes, after.residentBytes);
        report.add(Row.atMost(
                MEMORY,
                Math.max(heap, resident),
                "%",
                "live heap %s MB, %s %%; whole process %s MB, %s %%"
                        .formatted(
                                Numbers.text(after.heapBytes / 1e6),
                                Numbers.text(heap),
                                Numbers.text(after.residentBytes / 1e6),
                                Numbers.text(resident)),
                MEMORY_BAR_PERCENT));
    }

    /// The most that is answered. A disturbed turn says too little; then twice of it is not refused.
    private static double saturation(Bench bench, Served flood, double perSecond) {
        double peak = perSecond;
        for (int i = 0; i < TRIES; i++) {
            LoadResult trial = flood.atRate(
                    EXCESS * peak, bench.tempo().begin(), bench.tempo().measured(), DEADLINE);
            peak = Math.max(peak, trial.perSecondWithin(DEADLINE));
            if (trial.rejected() > 0) {
                return peak;
            }
        }
        return peak;
    }

    private static void addRejects(Report report, LoadResult first, LoadResult second) {
        Histogram rejected = first.rejectedLatency().copy();
        rejected.add(second.rejectedLatency());
        long refused = first.rejected() + second.rejected();
        if (refused == 0) {
            report.add(Row.missing(REFUSALS, "<= 5 ms", "nothing was refused; errors " + first.errors()));
            return;
        }
        report.add(Row.atMost(
                REFUSALS,
                Sample.micros(rejected, 99) / 1e3,
                "ms",
                "not answered: %s, never sent: %,d; the generator was late by %s ms at p99"
                        .formatted(
                                new TreeMap<>(second.errors()),
                                second.overflowed(),
                                Numbers.text(Sample.micros(second.sendLag(), 99) / 1e3)),
                REJECT_BAR_MILLIS));
    }
}
