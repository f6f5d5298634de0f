package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.Bench;
import dev.penstock.loadtest.bench.BenchException;
import dev.penstock.loadtest.bench.Numbers;
import dev.penstock.loadtest.bench.Report;
import dev.penstock.loadtest.bench.Served;
import dev.penstock.loadtest.bench.Server;
import dev.penstock.loadtest.bench.Wire;
import dev.penstock.loadtest.engine.LoadResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Exchanges a model's version again and again while callers of both doors go on: registers the next, points
/// the alias to it, deletes the one before, so that each exchange loads, judges, publishes, drains and
/// closes. Used once, by one thread.
final class Swaps {
    private static final String ALIAS = "stable";
    private static final String HANDLES = "penstock_native_handles";
    private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int BARS = 72;

    /// In so many exchanges the server makes whatever it makes for a version, if ever.
    private static final int FIRST = 10;

    private final Bench bench;
    private final LongSupplier nanoClock;
    private final int wanted;
    private final SwapModel model = new SwapModel();
    private final Problems wrong = new Problems();
    private final Problems failures = new Problems();
    private final Promotions promotions;
    private final List<Double> residentMb = new ArrayList<>();
    private final List<Double> swapMillis = new ArrayList<>();
    private volatile String doing = "starting";
    private String given = "";

    /// @param wanted how many exchanges
    Swaps(Bench bench, int wanted, LongSupplier nanoClock) {
        this.bench = bench;
        this.nanoClock = nanoClock;
        this.wanted = wanted;
        this.promotions = new Promotions(wanted + 1, nanoClock.getAsLong());
    }

    /// The memory of the server after each exchange, in MB.
    List<Double> residentMb() {
        return List.copyOf(residentMb);
    }

    /// @param repository an empty folder
    /// @param data of the server
    /// @throws BenchException if it cannot even begin
    void run(Path repository, Path data, Report report) {
        bench.cores().moveToBoth();
        Server server = bench.startPenstock(
                "penstock-swaps", List.of(repository), List.of(), false, "--data-dir", data.toString());
        try (AdminApi api = new AdminApi(server.adminPort())) {
            api.register(SwapModel.NAME, 1, model.bytes(1));
            promote(api, 1);
            Map<Wire, Callers> callers =
                    Map.of(Wire.GRPC, callers(server, Wire.GRPC), Wire.JSON, callers(server, Wire.JSON));
            callers.values().forEach(Callers::start);
            double handles = swap(server, api, List.copyOf(callers.values()));
            report(report, server, api, handles, callers);
        }
        boolean alive = server.child().process().isAlive();
        bench.stop(server.child());
        int exit = server.child().exitCode();
        report.add(Bars.none(
                "ends of the server's process before it was told to, or other than with code 0",
                alive && exit == 0 ? 0 : 1,
                alive ? "told to end, it ended with " + exit : "it was gone; exit code " + exit));
    }

    private Callers callers(Server server, Wire wire) {
        return new Callers(
                server,
                wire,
                variant -> new SwapCheck(model, variant, wire, promotions, wrong, nanoClock),
                () -> failures.add(wire + ": within a second before the server had done this: " + doing),
                nanoClock);
    }

    private void promote(AdminApi api, int version) {
        promotions.ordered(version, nanoClock.getAsLong());
        api.promote(SwapModel.NAME, ALIAS, version);
        promotions.confirmed(version, nanoClock.getAsLong());
    }

    /// @return the most native handles after one of the first exchanges, when one version is in memory
    private double swap(Server server, AdminApi api, List<Callers> callers) {
        long saidNanos = nanoClock.getAsLong() - SAY_NANOS;
        double handles = 0;
        try {
            for (int swap = 1; swap <= wanted && callers.stream().noneMatch(Callers::gaveUp); swap++) {
                long beganNanos = nanoClock.getAsLong();
                swap(api, swap + 1);
                long nowNanos = nanoClock.getAsLong();
                swapMillis.add((double) (nowNanos - beganNanos) / 1e6);
                residentMb.add((double) server.residentBytes() / 1e6);
                handles = swap <= FIRST ? Math.max(handles, server.metric(HANDLES, "")) : handles;
                if (nowNanos - saidNanos >= SAY_NANOS || swap == wanted) {
                    saidNanos = nowNanos;
                    bench.say("swaps: %d of %d, %s ms the last, %s MB, seconds with failures: %d"
                            .formatted(
                                    swap,
                                    wanted,
                                    Numbers.text(swapMillis.getLast()),
                                    Numbers.text(residentMb.getLast()),
                                    failures.count()));
                }
            }
        } catch (BenchException e) {
            // What was seen until then is told as well.
            given = "; given up while " + doing + ": " + e.getMessage();
        }
        return handles;
    }

    private void swap(AdminApi api, int next) {
        doing = "registering version " + next;
        api.register(SwapModel.NAME, next, model.bytes(next));
        doing = "promoting version " + next;
        promote(api, next);
        doing = "deleting version " + (next - 1);
        api.delete(SwapModel.NAME, next - 1);
    }

    private void report(Report report, Server server, AdminApi api, double handles, Map<Wire, Callers> callers) {
        double[] millis = swapMillis.stream().mapToDouble(Double::doubleValue).toArray();
        int done = millis.length;
        report.add(Bars.atLeast(
                "versions exchanged under load",
                done,
                wanted,
                "%s ms each, the slowest %s ms%s"
                        .formatted(
                                Numbers.text(Numbers.median(millis)),
                                Numbers.text(Arrays.stream(millis).max().orElse(Double.NaN)),
                                given)));
        answers(report, callers);
        memory(report);
        leftOvers(report, server, api, handles);
    }

    private void answers(Report report, Map<Wire, Callers> callers) {
        List<String> texts = new ArrayList<>();
        long failed = 0;
        long answers = 0;
        long notRight = 0;
        for (Wire wire : List.of(Wire.GRPC, Wire.JSON)) {
            try {
                LoadResult result = Objects.requireNonNull(callers.get(wire)).stop();
                long wrongAnswers = result.errors().getOrDefault(Served.WRONG, 0L);
                notRight += wrongAnswers;
                failed += result.failed() - wrongAnswers;
                answers += result.succeeded();
                texts.add(Callers.text(wire, result));
            } catch (CompletionException e) {
                failed++;
                texts.add(wire + ": " + e.getCause());
            }
        }
        // What callers that could not go on had seen is in the second.
        notRight = Math.max(notRight, wrong.count());
        report.add(Bars.none("failed requests", (double) failed, String.join("; ", texts)));
        report.add(Bars.none(
                "answers not of exactly one of the at most two live versions, or not labelled so",
                (double) notRight,
                String.format(
                        Locale.ROOT,
                        "%,d answers, of each the number, the version in it and the version in its header looked at",
                        answers + notRight)));
        wrong.first().forEach(detail -> report.note("wrong: " + detail));
        failures.first().forEach(detail -> report.note("failed: " + detail));
    }

    private void memory(Report report) {
        double[] all = residentMb.stream().mapToDouble(Double::doubleValue).toArray();
        report.add(Bars.memory(all));
        report.note("memory, %s to %s MB over %d exchanges: %s"
                .formatted(
                        Numbers.text(Arrays.stream(all).min().orElse(Double.NaN)),
                        Numbers.text(Arrays.stream(all).max().orElse(Double.NaN)),
                        all.length,
                        Sparkline.of(all, BARS)));
    }

    private void leftOvers(Report report, Server server, AdminApi api, double handles) {
        String kept = "versions in memory beside the one that serves";
        if (!server.child().process().isAlive()) {
            report.add(Bars.missingHandles("the server is gone"));
            report.add(Bars.missing(kept, "the server is gone"));
            return;
        }
        long sinceNanos = nanoClock.getAsLong();
        double left = server.metric(HANDLES, "");
        // What the last request used is closed soon after it.
        while (left > handles && nanoClock.getAsLong() - sinceNanos < PATIENCE_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
            left = server.metric(HANDLES, "");
        }
        report.add(Bars.handles(left, handles, swapMillis.size()));
        Map<Integer, String> states = api.states(SwapModel.NAME);
        report.add(Bars.none(kept, (double) (states.size() - 1), "states: " + states));
    }
}
