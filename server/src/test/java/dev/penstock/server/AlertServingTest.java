package dev.penstock.server;

import static dev.penstock.server.DigitsTraffic.DIGITS;
import static dev.penstock.server.alerting.TestReceiver.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.DigitsTraffic.Look;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From digits that look otherwise to a webhook that is told of them, over real sockets.
@Timeout(400)
class AlertServingTest {
    @TempDir
    private Path data;

    @Test
    void rotatedDigitsRaiseAnAlertOfWhichTheWebhookIsToldOnce() throws Exception {
        try (DriftedDigits digits = new DriftedDigits(data)) {
            digits.drift(Look.ROTATED);

            assertThatItWasTold(digits);
            assertThatItIsShown(digits);
            String request = assertThatRetrainingWaits(digits);
            assertThat(digits.receiver().posts()).as("one event of one raise").hasSize(1);

            assertThat(run(digits, "approve", request)).contains("retraining of digits version 2: approved");
            await(() -> digits.receiver().accepted().size() == 2, "told of the retraining");
            JsonNode entry =
                    digits.answer("/api/v1/audit?model=digits").path("entries").path(0);
            assertThat(entry.path("action").asString()).isEqualTo("approve-retraining");
            assertThat(entry.path("detail").asString()).contains(request);

            while (digits.gateway().monitoring().alerts().getFirst().clearedMillis() == 0) {
                digits.window(Look.UPRIGHT);
            }
            await(() -> types(digits).contains("dev.penstock.drift.resolved.v1"), "told of the end");
            assertThat(types(digits))
                    .containsExactly(
                            "dev.penstock.drift.detected.v1",
                            "dev.penstock.retraining.requested.v1",
                            "dev.penstock.drift.resolved.v1");
        }
    }

    @Test
    void noisyDigitsRaiseOneToo() throws Exception {
        try (DriftedDigits digits = new DriftedDigits(data)) {
            digits.drift(Look.NOISY);

            assertThat(types(digits)).containsExactly("dev.penstock.drift.detected.v1");
        }
    }

    private static List<String> types(DriftedDigits digits) {
        return digits.receiver().posts().stream()
                .map(post ->
                        JsonMapper.shared().readTree(post.body()).path("type").asString())
                .toList();
    }

    private static void assertThatItWasTold(DriftedDigits digits) {
        JsonNode event = JsonMapper.shared()
                .readTree(digits.receiver().accepted().getFirst().body());
        assertThat(event.path("type").asString()).isEqualTo("dev.penstock.drift.detected.v1");
        assertThat(event.path("subject").asString()).isEqualTo("models/digits/versions/2");
        JsonNode told = event.path("data");
        assertThat(told.path("severity").asString()).isEqualTo("critical");
        assertThat(told.path("reason").asString()).isEqualTo("raised");
        assertThat(told.path("window").asString()).isEqualTo("1h");
        assertThat(told.path("baseline").asString())
                .isEqualTo(digits.gateway().monitoring().watched(DIGITS).baselineId());
        assertThat(told.path("features").path(0).path("psi").asDouble()).isGreaterThan(0.1);
    }

    private void assertThatItIsShown(DriftedDigits digits) throws Exception {
        JsonNode alerts = digits.answer("/api/v1/alerts");
        assertThat(alerts.path("active")).hasSize(1);
        assertThat(alerts.path("active").path(0).path("kind").asString()).isEqualTo("drift");
        JsonNode delivery = alerts.path("active").path(0).path("deliveries").path(0);
        assertThat(delivery.path("receiver").asString()).isEqualTo("ops");
        assertThat(delivery.path("state").asString()).isIn("waiting", "accepted");
        assertThat(alerts.path("receivers").path(0).path("host").asString()).startsWith("127.0.0.1:");
        await(() -> told(digits.gateway()) == 1, "counted");
        assertThat(run(digits)).contains("digits", "critical", "ops accepted", "RETRAINING", "pending");
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

    private static String assertThatRetrainingWaits(DriftedDigits digits) throws Exception {
        JsonNode requests = digits.answer("/api/v1/retraining").path("requests");
        assertThat(requests).hasSize(1);
        assertThat(requests.path(0).path("state").asString()).isEqualTo("pending");
        assertThat(requests.path(0).path("reasons")).hasSize(1);
        return requests.path(0).path("id").asString();
    }

    private String run(DriftedDigits digits, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, UTF_8);
        Cli cli = new Cli(new Surroundings(Map.of(), data, print, print), new RecordingProgram());
        String admin =
                "http://127.0.0.1:" + digits.gateway().addresses().admin().port();
        String[] line = new String[words.length + 3];
        line[0] = "alerts";
        System.arraycopy(words, 0, line, 1, words.length);
        line[words.length + 1] = "--admin";
        line[words.length + 2] = admin;
        assertThat(cli.run(line)).as(out.toString(UTF_8)).isEqualTo(ExitCode.OK);
        return out.toString(UTF_8);
    }
}
