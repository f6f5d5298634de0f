package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.DigitsTraffic.Look;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.About;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.config.AlertsConfig.Rule;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole server that reads digits, whose images begin to look otherwise, and somebody whom it tells of that.
/// The times of windows are not now but given. Confined to one thread.
final class DriftedDigits implements AutoCloseable {
    private static final int BASELINE_ROWS = 2_000;
    private static final int MIN_SAMPLES = 300;
    private static final int REQUESTS_OF_A_WINDOW = 10;
    private static final long WINDOW_MILLIS = 300_000;

    /// Well ahead of the clock, so that the gateway's own looks change nothing.
    private static final long START = 4_000_000_000_000L / WINDOW_MILLIS * WINDOW_MILLIS;

    private final HttpClient http = HttpClient.newHttpClient();
    private final TestReceiver receiver = new TestReceiver(_ -> 204);
    private final DigitsTraffic traffic;
    private final RunningGateway gateway;
    private long nowMillis = START;

    /// Knows what is usual, and has seen two windows of it.
    ///
    /// @param data an empty folder
    DriftedDigits(Path data) throws Exception {
        traffic = new DigitsTraffic(http);
        gateway = TestGateways.alerting(EXAMPLES.resolve("models"), data, BASELINE_ROWS, MIN_SAMPLES, config(receiver));
        traffic.learn(gateway, nowMillis);
        window(Look.UPRIGHT);
        window(Look.UPRIGHT);
        assertThat(gateway.monitoring().alerts()).isEmpty();
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

    RunningGateway gateway() {
        return gateway;
    }

    DigitsTraffic traffic() {
        return traffic;
    }

    TestReceiver receiver() {
        return receiver;
    }

    /// Two windows of other images, of which the second raises an alert, and a third that changes nothing;
    /// somebody was told once.
    void drift(Look look) throws Exception {
        window(look);
        assertThat(gateway.monitoring().alerts())
                .as("one odd window wakes nobody")
                .isEmpty();
        window(look);
        assertThat(gateway.monitoring().alerts()).hasSize(1);
        TestReceiver.await(() -> !receiver.accepted().isEmpty(), "told");
        window(look);
        assertThat(receiver.posts()).as("one event of one raise").hasSize(1);
    }

    /// Has a window's rows counted, and ends it.
    void window(Look look) throws Exception {
        traffic.sendUntilCounted(gateway, REQUESTS_OF_A_WINDOW, look);
        nowMillis += WINDOW_MILLIS;
        gateway.monitoring().tick(nowMillis);
    }

    /// Where it is said how much the last hour differs, for browsers and for programs.
    URI address() {
        return admin("/api/v1/models/digits/versions/2/drift?window=1h");
    }

    private URI admin(String path) {
        return URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path);
    }

    JsonNode answer() throws Exception {
        return answer("/api/v1/models/digits/versions/2/drift?window=1h");
    }

    /// @param path on the admin port
    JsonNode answer(String path) throws Exception {
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(admin(path)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        return JsonMapper.shared().readTree(response.body());
    }

    @Override
    public void close() {
        gateway.close();
        receiver.close();
        http.close();
    }
}
