package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Monitoring;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a model's own configuration says of watching it, from its file to the answer.
class MonitoredInputsTest {
    private static final long START = 4_000_000_000_000L / 300_000 * 300_000;
    private static final int BASELINE_ROWS = 1_000;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path repository;

    @Test
    void inputsAreMonitoredAsTheModelSaysAndWhatIsNotThereIsTold() throws Exception {
        Path folder = repository.resolve("iris");
        Files.createDirectories(folder.resolve("1"));
        Files.copy(EXAMPLES.resolve("models/iris/1/model.onnx"), folder.resolve("1/model.onnx"));
        String inputs = "features[0] as sepal pinned, features[1-2], nothing";
        Files.writeString(folder.resolve("config.pbtxt"), """
                parameters { key: "monitor.inputs" value { string_value: "%s" } }
                parameters { key: "monitor.outputs" value { string_value: "none" } }
                parameters { key: "monitor.warn" value { string_value: "much" } }
                """.formatted(inputs));
        IrisTraffic traffic = new IrisTraffic(http);
        try (RunningGateway gateway = TestGateways.monitored(repository, null, BASELINE_ROWS, 300)) {
            Monitoring monitoring = gateway.monitoring();
            traffic.learn(gateway, START, BASELINE_ROWS);
            traffic.sendUntilCounted(gateway, 500, 0);
            monitoring.tick(START + 60_000);

            Evaluation evaluation = monitoring.evaluation(IrisTraffic.IRIS, null);
            Cumulative total = monitoring.watched(IrisTraffic.IRIS).total();
            assertThat(total).isNotNull();
            List<String> names =
                    total.plan().features().stream().map(Feature::name).toList();
            assertThat(names).containsExactly("sepal", "features[1]", "features[2]");
            assertThat(evaluation.rows()).isEqualTo(500);

            assertThatWhatIsPinnedHasBins(gateway, total.recorded());

            URI uri = URI.create("http://127.0.0.1:%d/api/v1/models/iris/versions/1/drift"
                    .formatted(gateway.addresses().admin().port()));
            byte[] answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body();
            JsonNode drift = JsonMapper.shared().readTree(answer);
            assertThat(drift.path("note").asString(""))
                    .contains("input 'nothing' is none of the model's (expected: of [")
                    .contains("parameter 'monitor.warn': string_value 'much' is not used");
            assertThat(drift.path("features").path(0).path("name").asString("")).isEqualTo("sepal");
            assertThat(drift.path("features").path(0).path("welchP").isNumber()).isTrue();
            assertThat(drift.path("evidence").path("subWindows").isNumber()).isTrue();
        }
    }

    private static void assertThatWhatIsPinnedHasBins(RunningGateway gateway, long rows) throws Exception {
        Metrics metrics = Metrics.of(gateway);

        assertThat(metrics.sum("penstock_feature_bin_total", "feature=\"sepal\""))
                .isEqualTo((double) rows);
        assertThat(metrics.sum("penstock_baseline_bin_ratio", "feature=\"sepal\""))
                .isBetween(0.999, 1.001);
        assertThat(metrics.has("penstock_feature_bin_total", "feature=\"features[1]\""))
                .isFalse();
    }
}
