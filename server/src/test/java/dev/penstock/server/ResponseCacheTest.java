package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelConfigRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The response cache of a whole server, over its own ports.
@Timeout(240)
class ResponseCacheTest {
    private static final String HITS = "penstock_cache_hits_total";
    private static final String JOINED = "penstock_cache_joined_total";
    private static final String MISSES = "penstock_cache_misses_total";

    @TempDir
    private Path repository;

    @BeforeEach
    void writeModels() throws Exception {
        for (String model : List.of("cached", "plain")) {
            OnnxModels.write(repository, model, 1, OnnxModels.tiny());
        }
        OnnxModels.write(repository, "slow", 1, OnnxModels.slow(2_000));
        for (String model : List.of("cached", "slow")) {
            Files.writeString(repository.resolve(model).resolve("config.pbtxt"), "response_cache { enable: true }");
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void bothDoorsShareAnswersAndTheMetricsCountThem(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = TestGateways.serving(repository, transport);
                GrpcClient client = GrpcClient.of(gateway)) {
            float[] first = grpc(client, "cached", 1);
            assertThat(grpc(client, "cached", 1)).isEqualTo(first);
            assertThat(grpc(client, "cached", 2)).isNotEqualTo(first);
            String byRest = rest(gateway, "cached", 1);
            assertThat(rest(gateway, "cached", 1)).isEqualTo(byRest);
            assertThat(byRest).isEqualTo(rest(gateway, "plain", 1).replace("plain", "cached"));
            assertThat(grpc(client, "plain", 1)).isEqualTo(first);

            assertThat(metric(gateway, MISSES, "cached")).isEqualTo(2);
            assertThat(metric(gateway, HITS, "cached")).isEqualTo(3);
            assertThat(metric(gateway, "nv_cache_num_hits_per_model", "cached")).isEqualTo(3);
            assertThat(metric(gateway, "nv_cache_num_misses_per_model", "cached"))
                    .isEqualTo(2);
            assertThat(metric(gateway, "penstock_cache_entries", "cached")).isEqualTo(2);
            assertThat(metric(gateway, "penstock_cache_bytes", "cached")).isPositive();
            assertThat(metric(gateway, MISSES, "plain")).isNaN();
        }
    }

    @Test
    void identicalRequestsAtOnceRunOnce() throws Exception {
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            List<CompletableFuture<ModelInferResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                calls.add(OwnThreads.call(() -> client.stub()
                        .modelInfer(GrpcClient.request("slow")
                                .addInputs(GrpcClient.input("x", "FP32", 1, 256))
                                .addRawInputContents(GrpcClient.floats(new float[256]))
                                .build())));
            }
            calls.forEach(CompletableFuture::join);

            assertThat(metric(gateway, MISSES, "slow")).isEqualTo(1);
            assertThat(metric(gateway, HITS, "slow") + metric(gateway, JOINED, "slow"))
                    .isEqualTo(15);
            assertThat(metric(gateway, "penstock_rows_total", "slow")).isEqualTo(16);
        }
    }

    @Test
    void anUnloadedModelTakesItsAnswersWithIt() throws Exception {
        try (RunningGateway gateway = TestGateways.explicit(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            load(client);
            float[] first = grpc(client, "cached", 1);
            client.stub()
                    .repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                            .setModelName("cached")
                            .build());
            while (!Double.isNaN(metric(gateway, "penstock_cache_entries", "cached"))) {
                // Its last lease may not be back yet; the test's own limit ends this.
                Thread.onSpinWait();
            }
            load(client);

            assertThat(metric(gateway, "penstock_cache_entries", "cached")).isZero();
            assertThat(grpc(client, "cached", 1)).isEqualTo(first);
            assertThat(metric(gateway, MISSES, "cached")).isEqualTo(1);
        }
    }

    @Test
    void theConfigurationShowsIt() throws Exception {
        Files.writeString(repository.resolve("cached/config.pbtxt"), """
                response_cache { enable: true }
                parameters { key: "response_cache_ttl" value { string_value: "30s" } }
                parameters { key: "response_cache_max_bytes" value { string_value: "1MiB" } }
                """);
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            var config = client.stub()
                    .modelConfig(
                            ModelConfigRequest.newBuilder().setName("cached").build())
                    .getConfig();

            assertThat(config.getResponseCache().getEnable()).isTrue();
            assertThat(config.getParametersMap()).containsKeys("response_cache_ttl", "response_cache_max_bytes");
        }
    }

    private static void load(GrpcClient client) {
        RepositoryModelLoadRequest request =
                RepositoryModelLoadRequest.newBuilder().setModelName("cached").build();
        assertThat(client.stub().repositoryModelLoad(request)).isNotNull();
    }

    private static float[] grpc(GrpcClient client, String model, float value) {
        ModelInferResponse response = client.stub()
                .modelInfer(GrpcClient.request(model)
                        .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                        .addRawInputContents(GrpcClient.floats(value, 2, 3, 4))
                        .build());
        var raw = response.getRawOutputContents(0)
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[raw.remaining()];
        raw.get(values);
        return values;
    }

    private static String rest(RunningGateway gateway, String model, float value) throws Exception {
        String body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[%s,2,3,4]}]}"
                .formatted(value);
        return body(HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/" + model + "/infer")))
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    /// The value of a model's series, or NaN if it has none.
    private static double metric(RunningGateway gateway, String name, String model) throws Exception {
        Metrics metrics = Metrics.of(gateway);
        String label = "model=\"" + model + "\"";
        return metrics.has(name, label) ? metrics.sum(name, label) : Double.NaN;
    }

    private static String body(HttpRequest request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body();
        }
    }
}
