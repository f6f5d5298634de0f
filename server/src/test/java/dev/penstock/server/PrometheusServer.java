package dev.penstock.server;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Prometheus on a port that is free, with a folder of its own. The test's time limit ends all waiting.
final class PrometheusServer implements AutoCloseable {
    private static final long LOOK_NANOS = 50_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DaemonProcess daemon;

    /// Waits until it is ready.
    ///
    /// @param folder that exists
    /// @param config of Prometheus
    PrometheusServer(Path folder, String config) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("prometheus.yml"), config);
        daemon = new DaemonProcess(
                folder.resolve("prometheus.log"),
                List.of(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:0",
                        "--enable-feature=exemplar-storage"));
    }

    /// Without a slash at the end.
    String url() {
        return daemon.url();
    }

    /// What the API says in `data`.
    JsonNode api(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = daemon.get("/api/v1/" + path);
        JsonNode answer = JsonMapper.shared().readTree(response.body());
        if (response.statusCode() != 200 || !answer.path("status").asString("").equals("success")) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return answer.path("data");
    }

    /// What an expression comes to now: a vector.
    JsonNode query(String expression) throws IOException, InterruptedException {
        return api("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result");
    }

    /// The value of the only series of an expression; NaN if there is none, or more.
    double value(String expression) throws IOException, InterruptedException {
        JsonNode result = query(expression);
        return result.size() == 1
                ? Double.parseDouble(result.path(0).path("value").path(1).asString(""))
                : Double.NaN;
    }

    /// Waits until an expression has that value, to the last bit.
    void await(String expression, double expected) throws IOException, InterruptedException {
        long begunNanos = System.nanoTime();
        double value = value(expression);
        while (Double.compare(value, expected) != 0) {
            if (System.nanoTime() - begunNanos > PATIENCE.toNanos()) {
                throw new IOException(
                        "%s is %s (expected: %s), %s".formatted(expression, value, expected, query(expression)));
            }
            LockSupport.parkNanos(LOOK_NANOS);
            value = value(expression);
        }
    }

    @Override
    public void close() {
        daemon.close();
    }
}
