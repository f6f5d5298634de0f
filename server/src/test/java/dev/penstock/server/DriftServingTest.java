package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.Watched;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether a gateway tells when what it is asked is not what it was, over real sockets. The times are not now
/// but given.
@Timeout(120)
class DriftServingTest {
    private static final ModelKey IRIS = new ModelKey("iris", 1);
    private static final int BASELINE_ROWS = 2_000;
    private static final int ROWS_OF_A_REQUEST = 50;

    /// Well ahead of the clock, so that the gateway's own looks change nothing.
    private static final long START = 4_000_000_000_000L / 300_000 * 300_000;

    private static final long MINUTE = 60_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SplittableRandom random = new SplittableRandom(11);
    private long sent;

    @TempDir
    private Path data;

    @Test
    void whatIsUsualIsLearntAndWhatIsNotIsToldOnce() throws Exception {
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), null, BASELINE_ROWS, 300)) {
            Monitoring monitoring = gateway.monitoring();
            learn(gateway);
            assertThat(monitoring.alerts()).isEmpty();

            sendUntilCounted(gateway, 1_000, 0);
            monitoring.tick(START + 10 * MINUTE);
            Evaluation good = monitoring.evaluation(IRIS, null);
            assertThat(good.rows()).isEqualTo(1_000);
            assertThat(good.status()).isIn(DriftStatus.OK, DriftStatus.NOTICE);

            long before = counted(gateway);
            sendUntilCounted(gateway, 4_000, 2.5);
            monitoring.tick(START + 14 * MINUTE);
            assertThat(counted(gateway) - before).isEqualTo(4_000);
            Evaluation shifted = monitoring.evaluation(IRIS, Duration.ofHours(1));
            assertThat(shifted.rows()).isEqualTo(5_000);
            assertThat(shifted.status().alarming()).as(shifted.toString()).isTrue();
            assertThat(monitoring.alerts()).isEmpty();
            assertThatTheAdminPortSaysSo(gateway);

            monitoring.tick(START + 15 * MINUTE);
            assertThatMetricsSaySo(gateway);
            assertThatTheCommandSaysSo(gateway);
            assertThat(monitoring.alerts()).as("one odd window wakes nobody").isEmpty();
            sendUntilCounted(gateway, 1_000, 2.5);
            monitoring.tick(START + 20 * MINUTE);
            assertThat(monitoring.alerts()).hasSize(1);
            Alert alert = monitoring.alerts().getFirst();
            assertThat(alert.key()).isEqualTo(IRIS);
            assertThat(alert.severity()).isEqualTo(DriftStatus.CRITICAL);
            assertThat(alert.clearedMillis()).isZero();
            assertThat(alert.features()).isNotEmpty();

            for (int i = 0; i < 3; i++) {
                sendUntilCounted(gateway, 1_000, 0);
                monitoring.tick(START + (25 + 5 * i) * MINUTE);
            }
            assertThat(monitoring.alerts()).hasSize(1);
            assertThat(monitoring.alerts().getFirst().clearedMillis()).isEqualTo(START + 35 * MINUTE);
        }
    }

    @Test
    void whatWasLearntIsThereAfterARestart() throws Exception {
        String id;
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            learn(gateway);
            id = gateway.monitoring().watched(IRIS).baselineId();
            assertThat(id).hasSize(16);
        }
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            Monitoring monitoring = gateway.monitoring();
            assertThat(monitoring.watched(IRIS).baselineId()).isEqualTo(id);
            send(gateway, 1_000, 2.5);
            while (monitoring.evaluation(IRIS, null).rows() < 1_000) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(monitoring.evaluation(IRIS, null).status().alarming()).isTrue();
            assertThat(monitoring.watched(IRIS).phase()).isEqualTo(Watched.Phase.WATCHING);
        }
    }

    @Test
    void aBaselineThatIsBroughtIsHeldAgainstAtOnce() throws Exception {
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            learn(gateway);
            String learnt = gateway.monitoring().watched(IRIS).baselineId();
            send(gateway, 500, 0);
            JsonNode all = admin(gateway, "/api/v1/models/iris/baselines", 200).path("baselines");
            assertThat(all).hasSize(1);
            assertThat(all.path(0).path("id").asString()).isEqualTo(learnt);
            assertThat(admin(gateway, "/api/v1/models/iris/baselines/" + learnt, 200)
                            .path("rows")
                            .asLong())
                    .isGreaterThanOrEqualTo(BASELINE_ROWS);

            String onlySetosa = "output:label\n" + "0\n".repeat(1_000);
            JsonNode added = admin(gateway, "POST", "/api/v1/models/iris/baselines", "text/csv", onlySetosa, 201);
            String id = added.path("id").asString();
            String order = "{\"id\":\"%s\"}".formatted(id);
            String place = "/api/v1/models/iris/versions/1/baseline";
            JsonNode held = admin(gateway, "PUT", place, "application/json", order, 200);
            assertThat(held.path("baseline").asString()).isEqualTo(id);
            sendUntilCounted(gateway, 500, 0);
            JsonNode drift = admin(gateway, "/api/v1/models/iris/versions/1/drift", 200);
            assertThat(drift.path("baseline").path("id").asString()).isEqualTo(id);
            assertThat(drift.path("status").asString()).isEqualTo("critical");

            admin(gateway, "PUT", place, "application/json", "{\"id\":\"none\"}", 404);
            admin(gateway, "POST", "/api/v1/models/nobody/baselines", "text/csv", onlySetosa, 404);
            admin(gateway, "POST", "/api/v1/models/iris/baselines", "text/csv", "x\n\"", 400);
            admin(gateway, "POST", "/api/v1/models/iris/baselines?version=1&window=1h", "text/csv", "", 201);
        }
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            assertThat(gateway.monitoring().baselines("iris")).hasSize(3);
        }
    }

    private JsonNode admin(RunningGateway gateway, String method, String path, String type, String body, int status)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JsonMapper.shared().readTree(response.body());
    }

    private void assertThatTheAdminPortSaysSo(RunningGateway gateway) throws Exception {
        JsonNode drift = admin(gateway, "/api/v1/models/iris/versions/1/drift?window=1h", 200);
        assertThat(drift.path("status").asString()).isIn("warning", "critical");
        assertThat(drift.path("phase").asString()).isEqualTo("watching");
        assertThat(drift.path("n").asLong()).isEqualTo(5_000);
        assertThat(drift.path("share").asDouble()).isPositive();
        for (JsonNode feature : drift.path("features")) {
            long inBins = 0;
            for (JsonNode bin : feature.path("bins")) {
                inBins += bin.path("window").asLong();
            }
            assertThat(feature.path("n").asLong()).as(feature.toString()).isEqualTo(5_000);
            assertThat(inBins).as(feature.toString()).isEqualTo(5_000);
        }
        assertThat(admin(gateway, "/api/v1/alerts", 200).path("active")).isEmpty();
        assertThat(admin(gateway, "/api/v1/models/iris/versions/9/drift", 404)
                        .path("error")
                        .asString())
                .contains("iris");
        assertThat(admin(gateway, "/api/v1/models/iris/versions/1/drift?window=1s", 400)
                        .path("error")
                        .asString())
                .contains("5m to 24h");
    }

    private static void assertThatMetricsSaySo(RunningGateway gateway) throws Exception {
        Metrics metrics = Metrics.of(gateway);
        String iris = "model=\"iris\"";
        double rows = counted(gateway) + gateway.monitoring().watched(IRIS).baselineRows();
        assertThat(metrics.sum("penstock_monitored_values_total", iris, "feature=\"output:label\""))
                .isEqualTo(rows);
        assertThat(metrics.sum("penstock_prediction_class_total", iris)).isEqualTo(rows);
        assertThat(metrics.sum("penstock_drift_samples", iris, "window=\"1h\"")).isEqualTo(5_000);
        assertThat(metrics.sum("penstock_drift_status", iris, "window=\"1h\"", "feature=\"output:label\""))
                .isGreaterThanOrEqualTo(2);
        assertThat(metrics.sum("penstock_baseline_bin_ratio", iris, ":class\"")).isBetween(0.999, 1.001);
        assertThat(metrics.sum("penstock_monitor_sampling_ratio", iris)).isEqualTo(1);
        assertThat(metrics.has("penstock_drift_score", iris, "statistic=\"psi\""))
                .isTrue();
    }

    private void assertThatTheCommandSaysSo(RunningGateway gateway) throws Exception {
        Path page = data.resolve("drift.html");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        Cli cli = new Cli(new Surroundings(Map.of(), data, print, print), new RecordingProgram());
        String admin = "http://127.0.0.1:" + gateway.addresses().admin().port();

        assertThat(cli.run("drift", "iris", "--admin", admin, "--html", page.toString()))
                .as(out.toString(UTF_8))
                .isEqualTo(ExitCode.DRIFTED);

        assertThat(out.toString(UTF_8)).contains("iris version 1, last 1h: ", "5000 rows", "output:label", "█");
        assertThat(Files.readString(page))
                .startsWith("<!doctype html>")
                .contains("<svg", "output:label", "</html>")
                .doesNotContain("<script", "http");
        assertThat(cli.run("drift", "digits", "--admin", admin)).isEqualTo(ExitCode.TOO_LITTLE);
        assertThat(cli.run("drift", "nobody", "--admin", admin)).isEqualTo(ExitCode.FAILED);
    }

    private JsonNode admin(RunningGateway gateway, String path, int status) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path);
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JsonMapper.shared().readTree(response.body());
    }

    /// Until the version is watched and nothing was counted since.
    private void learn(RunningGateway gateway) throws Exception {
        Monitoring monitoring = gateway.monitoring();
        Watched watched = monitoring.watched(IRIS);
        while (watched.phase() != Watched.Phase.WATCHING) {
            Cumulative before = watched.total();
            send(gateway, ROWS_OF_A_REQUEST, 0);
            do {
                LockSupport.parkNanos(1_000_000);
                watched = monitoring.watched(IRIS);
            } while (!isCounted(before, watched.total()));
            monitoring.tick(START);
            watched = monitoring.watched(IRIS);
        }
        assertThat(watched.baselineRows())
                .isBetween((long) BASELINE_ROWS, (long) BASELINE_ROWS + 2 * ROWS_OF_A_REQUEST);
    }

    /// Of a request, or the counts are others.
    private static boolean isCounted(@Nullable Cumulative before, @Nullable Cumulative now) {
        return now != null
                && (before == null
                        || !before.plan().id().equals(now.plan().id())
                        || now.seen() >= before.seen() + ROWS_OF_A_REQUEST);
    }

    private static long counted(RunningGateway gateway) {
        return gateway.monitoring().evaluation(IRIS, null).rows();
    }

    /// What is counted of a batch is counted after its answers.
    private void sendUntilCounted(RunningGateway gateway, int rows, double shift) throws Exception {
        long before = counted(gateway);
        send(gateway, rows, shift);
        while (counted(gateway) < before + rows) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Flowers, each with that much more of everything.
    private void send(RunningGateway gateway, int rows, double shift) throws Exception {
        double[][] kinds = {{5.1, 3.5, 1.4, 0.2}, {5.9, 2.8, 4.3, 1.3}, {6.6, 3.0, 5.6, 2.0}};
        for (int done = 0; done < rows; done += ROWS_OF_A_REQUEST) {
            StringBuilder values = new StringBuilder();
            for (int row = 0; row < ROWS_OF_A_REQUEST; row++) {
                double[] kind = kinds[(int) (sent++ % kinds.length)];
                for (double value : kind) {
                    double noisy = value + shift + random.nextGaussian() * 0.25;
                    values.append(values.isEmpty() ? "" : ",").append(String.format(Locale.ROOT, "%.3f", noisy));
                }
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/iris/infer")))
                    .POST(BodyPublishers.ofString(
                            "{\"inputs\":[{\"name\":\"features\",\"shape\":[%d,4],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                                    .formatted(ROWS_OF_A_REQUEST, values)))
                    .build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }
}
