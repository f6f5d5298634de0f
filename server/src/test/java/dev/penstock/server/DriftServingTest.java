package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static dev.penstock.server.alerting.TestReceiver.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
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
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether a gateway tells when what it is asked is not what it was, over real sockets. The times are not now
/// but given.
@Timeout(400)
class DriftServingTest {
    private static final ModelKey IRIS = IrisTraffic.IRIS;
    private static final int BASELINE_ROWS = 2_000;

    /// Well ahead of the clock, so that the gateway's own looks change nothing.
    private static final long START = 4_000_000_000_000L / 300_000 * 300_000;

    private static final long MINUTE = 60_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final IrisTraffic traffic = new IrisTraffic(http);

    @TempDir
    private Path data;

    @Test
    void whatIsUsualIsLearntAndWhatIsNotIsToldOnce() throws Exception {
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), null, BASELINE_ROWS, 300)) {
            Monitoring monitoring = gateway.monitoring();
            traffic.learn(gateway, START, BASELINE_ROWS);
            assertThat(monitoring.alerts()).isEmpty();

            traffic.sendUntilCounted(gateway, 1_000, 0);
            monitoring.tick(START + 10 * MINUTE);
            Evaluation good = monitoring.evaluation(IRIS, null);
            assertThat(good.rows()).isEqualTo(1_000);
            assertThat(good.status()).isIn(DriftStatus.OK, DriftStatus.NOTICE);

            long before = IrisTraffic.counted(gateway);
            traffic.sendUntilCounted(gateway, 4_000, 2.5);
            monitoring.tick(START + 14 * MINUTE);
            assertThat(IrisTraffic.counted(gateway) - before).isEqualTo(4_000);
            Evaluation shifted = monitoring.evaluation(IRIS, Duration.ofHours(1));
            assertThat(shifted.rows()).isEqualTo(5_000);
            assertThat(shifted.status().alarming()).as(shifted.toString()).isTrue();
            assertThat(monitoring.alerts()).isEmpty();
            assertThatTheAdminPortSaysSo(gateway);

            monitoring.tick(START + 15 * MINUTE);
            assertThatMetricsSaySo(gateway);
            assertThatTheCommandSaysSo(gateway);
            assertThat(monitoring.alerts()).as("one odd window wakes nobody").isEmpty();
            traffic.sendUntilCounted(gateway, 1_000, 2.5);
            monitoring.tick(START + 20 * MINUTE);
            assertThat(monitoring.alerts()).hasSize(1);
            Alert alert = monitoring.alerts().getFirst();
            assertThat(alert.key()).isEqualTo(IRIS);
            assertThat(alert.severity()).isEqualTo(DriftStatus.CRITICAL);
            assertThat(alert.clearedMillis()).isZero();
            assertThat(alert.features()).isNotEmpty();

            for (int i = 0; i < 3; i++) {
                traffic.sendUntilCounted(gateway, 1_000, 0);
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
            traffic.learn(gateway, START, BASELINE_ROWS);
            id = gateway.monitoring().watched(IRIS).baselineId();
            assertThat(id).hasSize(16);
        }
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            Monitoring monitoring = gateway.monitoring();
            await(() -> monitoring.watched(IRIS).baselineId().equals(id), "read");
            traffic.send(gateway, 1_000, 2.5);
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
            traffic.learn(gateway, START, BASELINE_ROWS);
            String learnt = gateway.monitoring().watched(IRIS).baselineId();
            traffic.send(gateway, 500, 0);
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
            traffic.sendUntilCounted(gateway, 500, 0);
            JsonNode drift = admin(gateway, "/api/v1/models/iris/versions/1/drift", 200);
            assertThat(drift.path("baseline").path("id").asString()).isEqualTo(id);
            assertThat(drift.path("status").asString()).isEqualTo("critical");

            admin(gateway, "PUT", place, "application/json", "{\"id\":\"none\"}", 404);
            admin(gateway, "POST", "/api/v1/models/nobody/baselines", "text/csv", onlySetosa, 404);
            admin(gateway, "POST", "/api/v1/models/iris/baselines", "text/csv", "x\n\"", 400);
            admin(gateway, "POST", "/api/v1/models/iris/baselines?version=1&window=1h", "text/csv", "", 201);
            assertThat(admin(gateway, "/api/v1/audit?model=iris", 200).path("entries"))
                    .extracting(entry -> entry.path("action").asString())
                    .startsWith("add-baseline", "hold-baseline", "add-baseline");
        }
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            assertThat(gateway.monitoring().baselines("iris")).hasSize(3);
        }
    }

    @Test
    void aWindowIsHeldAgainstAnotherBaselineForOnce() throws Exception {
        try (RunningGateway gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, BASELINE_ROWS, 300)) {
            traffic.learn(gateway, START, BASELINE_ROWS);
            String learnt = gateway.monitoring().watched(IRIS).baselineId();
            traffic.sendUntilCounted(gateway, 2_000, 2.5);
            String captured = admin(
                            gateway, "POST", "/api/v1/models/iris/baselines?version=1&window=1h", "text/csv", "", 201)
                    .path("id")
                    .asString();
            String drift = "/api/v1/models/iris/versions/1/drift?baseline=";

            assertThat(admin(gateway, drift + learnt, 200).path("status").asString())
                    .isIn("warning", "critical");
            JsonNode same = admin(gateway, drift + captured, 200);
            assertThat(same.path("status").asString()).isIn("ok", "notice");
            assertThat(same.path("baseline").path("id").asString()).isEqualTo(captured);
            assertThat(same.path("baseline").path("rows").asLong()).isEqualTo(2_000);
            assertThat(gateway.monitoring().watched(IRIS).baselineId()).isEqualTo(learnt);

            String csv = "output:probabilities:score\n" + "0.1\n0.5\n".repeat(500);
            String other = admin(gateway, "POST", "/api/v1/models/iris/baselines", "text/csv", csv, 201)
                    .path("id")
                    .asString();
            assertThat(admin(gateway, drift + other, 400).path("error").asString())
                    .contains("'output:probabilities:score'", "other bins");
            admin(gateway, drift + "none", 404);
            assertThat(said(gateway, captured)).contains("2000 rows against 2000 of baseline " + captured);
        }
    }

    private String said(RunningGateway gateway, String baseline) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        Cli cli = new Cli(new Surroundings(Map.of(), data, print, print), new RecordingProgram());
        String admin = "http://127.0.0.1:" + gateway.addresses().admin().port();

        cli.run("drift", "iris", "--admin", admin, "--baseline", baseline);

        return out.toString(UTF_8);
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
        double rows = IrisTraffic.counted(gateway)
                + gateway.monitoring().watched(IRIS).baselineRows();
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

        assertThat(cli.run(
                        "drift",
                        "iris",
                        "--admin",
                        admin,
                        "--html",
                        page.toString(),
                        "--svg",
                        data.resolve("drift.svg").toString()))
                .as(out.toString(UTF_8))
                .isEqualTo(ExitCode.DRIFTED);

        assertThat(out.toString(UTF_8)).contains("iris version 1, last 1h: ", "5000 rows", "output:label", "█");
        assertThat(Files.readString(page))
                .startsWith("<!doctype html>")
                .contains("<svg", "output:label", "</html>")
                .doesNotContain("<script", "http");
        assertThat(Files.readString(data.resolve("drift.svg"))).contains("output:label");
        assertThat(cli.run("drift", "digits", "--admin", admin)).isEqualTo(ExitCode.TOO_LITTLE);
        assertThat(cli.run("drift", "nobody", "--admin", admin)).isEqualTo(ExitCode.FAILED);
    }

    private JsonNode admin(RunningGateway gateway, String path, int status) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path);
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JsonMapper.shared().readTree(response.body());
    }
}
