package dev.penstock.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What callers notice of it when every request of theirs is copied for another version: the tiny model by a
/// route,
/// at 30 % of the most it can do, of two servers that take turns on one core, of which one copies.
final class ShadowScenario implements Scenario {
    private static final double BAR = 1.05;
    private static final int PERCENT = 30;
    private static final int OK = 200;

    private static final String PLAIN = "{\"name\":\"tiny\",\"default\":\"tiny@1\"}";

    /// The same model by another name, so that both answer alike.
    private static final String COPYING =
            "{\"name\":\"tiny\",\"default\":\"tiny@1\",\"shadows\":[{\"arm\":\"next\",\"target\":\"tiny-alone@1\",\"share\":\"100%\"}]}";

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
        Server plain = start(bench, "penstock-unshadowed", PLAIN).named("penstock, without a shadow");
        Server copying = start(bench, "penstock-shadowed", COPYING).named("penstock, every request copied");
        try {
            Subject tiny = bench.subjects().tiny();
            List<Served> servers = List.of(
                    bench.served(copying, tiny, Wire.GRPC, Load.MULTIPLEXED),
                    bench.served(plain, tiny, Wire.GRPC, Load.MULTIPLEXED));
            List<Cell> most = bench.compete("shadow, the most", servers);
            report.addAll(most);
            List<AtRate> asked = new ArrayList<>();
            for (Served served : servers) {
                // Both at the same rate.
                asked.add(new AtRate(served, PERCENT, most.get(1).perSecond()));
            }
            List<Cell> cells = bench.compete("shadow at " + PERCENT + " %", asked);
            report.addAll(cells);
            report(report, cells.get(0), cells.get(1), copying);
        } finally {
            bench.stop(copying.child());
            bench.stop(plain.child());
        }
    }

    private static void report(Report report, Cell with, Cell without, Server copying) {
        double ran = copying.metric("penstock_shadow_total", "route=\"tiny\"");
        double disagreed = copying.metric("penstock_shadow_disagreements_total", "route=\"tiny\"");
        report.add(
                Row.atMost(
                        "tiny, p99 at 30 % of the most, with every request copied, of that without",
                        with.median(Sample::p99Micros) / without.median(Sample::p99Micros),
                        "x",
                        "%s to %s µs p99, %s to %s µs p50, %s to %s µs CPU; %s copies compared in all, %s disagree"
                                .formatted(
                                        Numbers.text(without.median(Sample::p99Micros)),
                                        Numbers.text(with.median(Sample::p99Micros)),
                                        Numbers.text(without.p50Micros()),
                                        Numbers.text(with.p50Micros()),
                                        Numbers.text(without.cpuMicros()),
                                        Numbers.text(with.cpuMicros()),
                                        Numbers.text(ran),
                                        Numbers.text(disagreed)),
                        BAR),
                with,
                without);
    }

    private static Server start(Bench bench, String name, String route) {
        Server server = bench.startPenstock(
                name,
                List.of(bench.subjects().repository()),
                List.of("tiny", "tiny-alone"),
                true,
                "--data-dir",
                folder().toString());
        put(server, "/api/v1/routes/tiny", route);
        return server;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("penstock-shadow");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(Server server, String path, String json) {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(uri)
                            .header("content-type", "application/json")
                            .PUT(BodyPublishers.ofString(json))
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() / 100 != OK / 100) {
                throw new BenchException(uri + " says " + answer.statusCode() + ": " + answer.body());
            }
        } catch (IOException e) {
            throw new BenchException("no answer from " + uri + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
