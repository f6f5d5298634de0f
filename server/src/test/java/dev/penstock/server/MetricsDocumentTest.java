package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.runtime.OnnxModels;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A page of a running gateway against `docs/metrics.md`, and against Prometheus' own check.
@Timeout(240)
class MetricsDocumentTest {
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    /// Of which lines of the page belong to a family.
    private static final Pattern SERIES = Pattern.compile("(?m)^([a-z_0-9]+)\\{(.*)} \\S+$");

    @TempDir
    private Path repository;

    @Test
    void everyMetricThatIsShownIsInTheTableAndTheOtherWayRound() throws Exception {
        String document = MetricTables.document();
        Map<String, MetricTables.Family> shown = families(page());

        assertThat(MetricTables.of(document)).containsAllEntriesOf(shown);
        Set<String> missing = new TreeSet<>(MetricTables.of(document).keySet());
        missing.removeAll(shown.keySet());
        missing.removeAll(MetricTables.seldom(document));
        assertThat(missing).as("in the document and not on the page").isEmpty();
    }

    @Test
    void prometheusHasNothingToSayOfThePageButOfTritonsNames() throws Exception {
        assumeTrue(Tools.isInstalled("promtool"), Tools.PROMETHEUS_NEEDED);
        Path page = Files.writeString(repository.resolve("page.txt"), page());

        Tools.Result result = Tools.run(repository.resolve("said.txt"), page, "promtool", "check", "metrics");

        assertThat(result.code()).as(result.said()).isIn(0, 3);
        assertThat(result.said().lines()).allMatch(line -> line.startsWith("nv_"));
    }

    @Test
    void seriesOfAVersionThatIsUnloadedDisappear() throws Exception {
        OnnxModels.write(repository, "comes-and-goes", 1, OnnxModels.tiny());
        try (RunningGateway gateway = TestGateways.explicit(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            gateway.initialLoad().join();
            assertThat(client.stub()
                            .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                                    .setModelName("comes-and-goes")
                                    .build()))
                    .isNotNull();
            assertThat(infer(client, "comes-and-goes")).isEqualTo("comes-and-goes");
            assertThat(Metrics.of(gateway).page()).contains("comes-and-goes");

            assertThat(client.stub()
                            .repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                                    .setModelName("comes-and-goes")
                                    .build()))
                    .isNotNull();
            // What is told late of it, too: nobody answers, so it is none of its series.
            assertThatThrownBy(() -> infer(client, "comes-and-goes")).isInstanceOf(StatusRuntimeException.class);

            String page = Metrics.of(gateway).page();
            while (page.contains("comes-and-goes")) {
                // Its last lease may not be back yet; the test's own limit ends this.
                page = Metrics.of(gateway).page();
            }
            assertThat(page).contains("model=\"other\"");
        }
    }

    /// Of a gateway that has done a bit of everything.
    private String page() throws IOException, InterruptedException {
        for (String model : List.of("batched", "cached", "alone")) {
            OnnxModels.write(repository, model, 1, OnnxModels.tiny());
        }
        configure("cached", "response_cache { enable: true }");
        configure("alone", "parameters { key: \"batching\" value: { string_value: \"off\" } }");
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            for (String model : List.of("batched", "cached", "alone")) {
                assertThat(infer(client, model)).isEqualTo(model);
            }
            assertThatThrownBy(() -> infer(client, "nobody")).isInstanceOf(StatusRuntimeException.class);
            return Metrics.of(gateway).page();
        }
    }

    private void configure(String model, String config) throws IOException {
        Files.writeString(repository.resolve(model).resolve("config.pbtxt"), config, StandardCharsets.UTF_8);
    }

    private static String infer(GrpcClient client, String model) {
        return client.stub()
                .modelInfer(GrpcClient.request(model)
                        .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                        .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                        .build())
                .getModelName();
    }

    private static Map<String, MetricTables.Family> families(String page) {
        Map<String, Set<String>> labels = new TreeMap<>();
        SERIES.matcher(page)
                .results()
                .forEach(series -> labels.computeIfAbsent(series.group(1), _ -> new TreeSet<>())
                        .addAll(LABEL.matcher(series.group(2))
                                .results()
                                .map(label -> label.group(1))
                                .filter(label -> !label.equals("le"))
                                .toList()));
        Map<String, MetricTables.Family> families = new TreeMap<>();
        for (MatchResult type : TYPE.matcher(page).results().toList()) {
            Set<String> own = new TreeSet<>();
            for (String suffix : List.of("", "_bucket", "_count")) {
                own.addAll(labels.getOrDefault(type.group(1) + suffix, Set.of()));
            }
            families.put(type.group(1), new MetricTables.Family(type.group(2), own));
        }
        return families;
    }
}
