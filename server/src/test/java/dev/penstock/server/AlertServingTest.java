package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static dev.penstock.server.alerting.TestReceiver.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.About;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.config.AlertsConfig.Rule;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.Watched;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From rotated digits to a webhook that is told of them, over real sockets. The times of windows are not now
/// but
/// given.
@Timeout(120)
class AlertServingTest {
    private static final ModelKey DIGITS = new ModelKey("digits", 2);
    private static final int SIDE = 8;
    private static final int ROWS = 100;
    private static final long MINUTE = 60_000;

    /// Well ahead of the clock, so that the gateway's own looks change nothing.
    private static final long START = 4_000_000_000_000L / 300_000 * 300_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SplittableRandom random = new SplittableRandom(23);

    @TempDir
    private Path data;

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void rotatedDigitsRaiseAnAlertOfWhichTheWebhookIsToldOnce() throws Exception {
        try (TestReceiver receiver = new TestReceiver(_ -> 204);
                RunningGateway gateway =
                        TestGateways.alerting(EXAMPLES.resolve("models"), data, 2_000, 300, config(receiver))) {
            Monitoring monitoring = gateway.monitoring();
            while (monitoring.watched(DIGITS).phase() != Watched.Phase.WATCHING) {
                send(gateway, 1, false);
                monitoring.tick(START);
            }
            window(gateway, START + 5 * MINUTE, false);
            window(gateway, START + 10 * MINUTE, false);
            assertThat(monitoring.alerts()).isEmpty();

            window(gateway, START + 15 * MINUTE, true);
            assertThat(monitoring.alerts()).as("one odd window wakes nobody").isEmpty();
            window(gateway, START + 20 * MINUTE, true);
            assertThat(monitoring.alerts()).hasSize(1);
            await(() -> !receiver.accepted().isEmpty(), "told");
            window(gateway, START + 25 * MINUTE, true);

            JsonNode event =
                    JsonMapper.shared().readTree(receiver.accepted().getFirst().body());
            assertThat(event.path("type").asString()).isEqualTo("dev.penstock.drift.detected.v1");
            assertThat(event.path("subject").asString()).isEqualTo("models/digits/versions/2");
            JsonNode told = event.path("data");
            assertThat(told.path("severity").asString()).isEqualTo("critical");
            assertThat(told.path("reason").asString()).isEqualTo("raised");
            assertThat(told.path("window").asString()).isEqualTo("1h");
            assertThat(told.path("baseline").asString())
                    .isEqualTo(monitoring.watched(DIGITS).baselineId());
            assertThat(told.path("features").path(0).path("psi").asDouble()).isGreaterThan(0.1);

            assertThatItIsShown(gateway);
            String request = assertThatRetrainingWaits(gateway);
            assertThat(receiver.posts()).as("one event of one raise").hasSize(1);

            assertThat(run(gateway, "approve", request)).contains("retraining of digits version 2: approved");
            await(() -> receiver.accepted().size() == 2, "told of the retraining");
            JsonNode entry =
                    admin(gateway, "/api/v1/audit?model=digits").path("entries").path(0);
            assertThat(entry.path("action").asString()).isEqualTo("approve-retraining");
            assertThat(entry.path("detail").asString()).contains(request);

            for (long at = START + 30 * MINUTE; monitoring.alerts().getFirst().clearedMillis() == 0; at += 5 * MINUTE) {
                window(gateway, at, false);
            }
            await(() -> types(receiver).contains("dev.penstock.drift.resolved.v1"), "told of the end");
            assertThat(types(receiver))
                    .containsExactly(
                            "dev.penstock.drift.detected.v1",
                            "dev.penstock.retraining.requested.v1",
                            "dev.penstock.drift.resolved.v1");
        }
    }

    private static List<String> types(TestReceiver receiver) {
        return receiver.posts().stream()
                .map(post ->
                        JsonMapper.shared().readTree(post.body()).path("type").asString())
                .toList();
    }

    private static AlertsConfig config(TestReceiver receiver) {
        AlertsConfig off = AlertsConfig.OFF;
        return new AlertsConfig(
                List.of(new Receiver("ops", Form.WEBHOOK, URI.create(receiver.url("/hook")))),
                List.of(new Rule(About.WARNING, "digits", "ops"), new Rule(About.RETRAINING, "*", "ops")),
                List.of("127.0.0.1"),
                Optional.empty(),
                off.renotifyEvery(),
                off.cooldown(),
                off.timeout(),
                off.retryFor(),
                16,
                off.retraining());
    }

    private void assertThatItIsShown(RunningGateway gateway) throws Exception {
        JsonNode alerts = admin(gateway, "/api/v1/alerts");
        assertThat(alerts.path("active")).hasSize(1);
        assertThat(alerts.path("active").path(0).path("kind").asString()).isEqualTo("drift");
        JsonNode delivery = alerts.path("active").path(0).path("deliveries").path(0);
        assertThat(delivery.path("receiver").asString()).isEqualTo("ops");
        assertThat(delivery.path("state").asString()).isIn("waiting", "accepted");
        assertThat(alerts.path("receivers").path(0).path("host").asString()).startsWith("127.0.0.1:");
        await(() -> told(gateway) == 1, "counted");
        assertThat(run(gateway)).contains("digits", "critical", "ops accepted", "RETRAINING", "pending");
    }

    private static double told(RunningGateway gateway) {
        try {
            return Metrics.of(gateway).sum("penstock_webhook_events_total", "receiver=\"ops\"", "\"accepted\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String assertThatRetrainingWaits(RunningGateway gateway) throws Exception {
        JsonNode requests = admin(gateway, "/api/v1/retraining").path("requests");
        assertThat(requests).hasSize(1);
        assertThat(requests.path(0).path("state").asString()).isEqualTo("pending");
        assertThat(requests.path(0).path("reasons")).hasSize(1);
        return requests.path(0).path("id").asString();
    }

    private String run(RunningGateway gateway, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        Cli cli = new Cli(new Surroundings(Map.of(), data, print, print), new RecordingProgram());
        String admin = "http://127.0.0.1:" + gateway.addresses().admin().port();
        String[] line = new String[words.length + 3];
        line[0] = "alerts";
        System.arraycopy(words, 0, line, 1, words.length);
        line[words.length + 1] = "--admin";
        line[words.length + 2] = admin;
        assertThat(cli.run(line)).as(out.toString(UTF_8)).isEqualTo(ExitCode.OK);
        return out.toString(UTF_8);
    }

    private JsonNode admin(RunningGateway gateway, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path);
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    /// Has a window's rows counted, and ends it.
    private void window(RunningGateway gateway, long endMillis, boolean rotated) throws Exception {
        long before = counted(gateway);
        send(gateway, 10, rotated);
        await(() -> counted(gateway) >= before + 10 * ROWS, "counted");
        gateway.monitoring().tick(endMillis);
    }

    private static long counted(RunningGateway gateway) {
        return gateway.monitoring().evaluation(DIGITS, Duration.ofHours(24)).rows();
    }

    /// Handwritten digits, drawn at random, upright or turned by a quarter.
    private void send(RunningGateway gateway, int requests, boolean rotated) throws Exception {
        JsonNode images = JsonMapper.shared()
                .readTree(Files.readString(EXAMPLES.resolve("requests/digits-heldout.json")))
                .path("inputs")
                .path(0)
                .path("data");
        int pixels = SIDE * SIDE;
        for (int i = 0; i < requests; i++) {
            StringBuilder values = new StringBuilder();
            for (int row = 0; row < ROWS; row++) {
                int image = random.nextInt(images.size() / pixels) * pixels;
                for (int at = 0; at < pixels; at++) {
                    int from = rotated ? (SIDE - 1 - at % SIDE) * SIDE + at / SIDE : at;
                    values.append(values.isEmpty() ? "" : ",")
                            .append(images.path(image + from).asInt());
                }
            }
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(TestGateways.url(gateway, "/v2/models/digits/versions/2/infer")))
                    .POST(BodyPublishers.ofString(
                            "{\"inputs\":[{\"name\":\"image\",\"shape\":[%d,64],\"datatype\":\"FP32\",\"data\":[%s]}]}"
                                    .formatted(ROWS, values)))
                    .build();
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }
}
