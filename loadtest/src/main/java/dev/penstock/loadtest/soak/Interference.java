package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.Bench;
import dev.penstock.loadtest.bench.Load;
import dev.penstock.loadtest.bench.Numbers;
import dev.penstock.loadtest.bench.Report;
import dev.penstock.loadtest.bench.Sample;
import dev.penstock.loadtest.bench.Served;
import dev.penstock.loadtest.bench.Server;
import dev.penstock.loadtest.bench.Tempo;
import dev.penstock.loadtest.bench.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/// What callers of a busy model wait at 30 % of the most it can do, in turns: while the server does nothing
/// else, and while it registers, loads, warms and deletes a large model all the time. Used once, by one
/// thread.
final class Interference {
    private static final Load LOAD = new Load(8, 32, 1);
    private static final double SHARE = 0.3;
    private static final String BESIDE = "beside";
    private static final int SEARCHES = 3;
    private static final int FIRST_TURNS = 6;

    private final Bench bench;
    private final Tempo tempo;
    private final int pairs;
    private final LongSupplier nanoClock;

    /// One turn beside the loading of the other model.
    ///
    /// @param loadingShare of the time
    private record Beside(Sample sample, long loads, double loadingShare) {}

    Interference(Bench bench, Tempo tempo, int pairs, LongSupplier nanoClock) {
        this.bench = bench;
        this.tempo = tempo;
        this.pairs = pairs;
        this.nanoClock = nanoClock;
    }

    /// @param data of the server
    /// @param work where a large model may be put
    void run(Path data, Path work, Report report) {
        bench.cores().moveToGeneratorCore();
        Path large = large(work, report);
        Server server = bench.startPenstock(
                "penstock-interference",
                List.of(bench.subjects().repository()),
                List.of("busy"),
                true,
                "--data-dir",
                data.toString(),
                "--sources-allowed-folders",
                Objects.requireNonNull(large.toAbsolutePath().getParent()).toString());
        Served asked = bench.served(server, bench.subjects().busy(), Wire.GRPC, LOAD);
        bench.say("interference: the busy model warms up");
        asked.warmUp(tempo.atFirst());
        double most = 0;
        for (int i = 0; i < SEARCHES; i++) {
            most = Math.max(most, asked.measure(tempo.begin(), tempo.measured()).perSecond());
        }
        double rate = SHARE * most;
        try (AdminApi api = new AdminApi(server.adminPort())) {
            bench.say("interference: loading warms up");
            // All of that is code to compile as well, and compilers take the servers' only core.
            for (int i = 0; i < FIRST_TURNS; i++) {
                Beside _ = beside(asked, rate, api, large);
            }
            Sample _ = asked.sampleAtRate(rate, tempo.begin(), tempo.measured());
            pairs(asked, rate, most, api, large, report);
        } finally {
            bench.stop(server.child());
        }
    }

    private Path large(Path work, Report report) {
        Path miniLm = bench.subjects().miniLmFile();
        if (Files.exists(miniLm)) {
            return miniLm;
        }
        try {
            Path file = LargeModel.in(work);
            report.note("MiniLM is not there (" + miniLm + "): a made model of " + Files.size(file) / 1_000_000
                    + " MB is loaded instead");
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("a large model cannot be written to " + work, e);
        }
    }

    private Beside beside(Served asked, double rate, AdminApi api, Path large) {
        Sample sample;
        Reloading reloading = Reloading.start(api, BESIDE, large, nanoClock);
        long beganNanos = nanoClock.getAsLong();
        try (reloading) {
            sample = asked.sampleAtRate(rate, tempo.begin(), tempo.measured());
        }
        double all = (double) (nanoClock.getAsLong() - beganNanos);
        return new Beside(sample, reloading.loads(), (double) reloading.loadingNanos() / all);
    }

    private void pairs(Served asked, double rate, double most, AdminApi api, Path large, Report report) {
        double[] ratios = new double[pairs];
        List<Sample> alone = new ArrayList<>();
        List<Beside> beside = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            if (pair % 2 == 0) {
                alone.add(asked.sampleAtRate(rate, tempo.begin(), tempo.measured()));
            }
            beside.add(beside(asked, rate, api, large));
            if (pair % 2 == 1) {
                alone.add(asked.sampleAtRate(rate, tempo.begin(), tempo.measured()));
            }
            ratios[pair] =
                    beside.getLast().sample().p99Micros() / alone.getLast().p99Micros();
            bench.say("interference: pair %d of %d, p99 %s us alone, %s us beside %d loads: %s x"
                    .formatted(
                            pair + 1,
                            pairs,
                            Numbers.text(alone.getLast().p99Micros()),
                            Numbers.text(beside.getLast().sample().p99Micros()),
                            beside.getLast().loads(),
                            Numbers.text(ratios[pair])));
        }
        report.add(Bars.interference(ratios, detail(rate, most, large, alone, beside)));
        report.add(Bars.failedBeside(alone, beside.stream().map(Beside::sample).toList()));
    }

    private static String detail(double rate, double most, Path large, List<Sample> alone, List<Beside> beside) {
        double[] p99Alone = alone.stream().mapToDouble(Sample::p99Micros).toArray();
        double[] p99Beside =
                beside.stream().mapToDouble(turn -> turn.sample().p99Micros()).toArray();
        double[] p50Alone = alone.stream().mapToDouble(Sample::p50Micros).toArray();
        double[] p50Beside =
                beside.stream().mapToDouble(turn -> turn.sample().p50Micros()).toArray();
        double loading =
                Numbers.mean(beside.stream().mapToDouble(Beside::loadingShare).toArray());
        return "p99 %s and %s us, p50 %s and %s us, at %s of %s/s; %d loads of %s, which took %s %% of the time"
                .formatted(
                        Numbers.text(Numbers.median(p99Alone)),
                        Numbers.text(Numbers.median(p99Beside)),
                        Numbers.text(Numbers.median(p50Alone)),
                        Numbers.text(Numbers.median(p50Beside)),
                        Numbers.text(rate),
                        Numbers.text(most),
                        beside.stream().mapToLong(Beside::loads).sum(),
                        large.getFileName(),
                        Numbers.text(100 * loading));
    }

    /// @param quick for a first impression
    static Tempo tempo(boolean quick) {
        Duration measured = Duration.ofSeconds(quick ? 2 : 5);
        Duration begin = Duration.ofMillis(500);
        Duration warmUp = Duration.ofSeconds(quick ? 3 : 6);
        String name = quick ? "quick" : "full";
        return new Tempo(name, 1, measured, begin, warmUp, warmUp, 3, 1, measured, measured);
    }
}
