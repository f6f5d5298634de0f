package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.runtime.OnnxModels;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Far more models than there is memory for share a server.
@Timeout(400)
class OnDemandServingTest {
    private static final int MODELS = 100;
    private static final int THREADS = 4;
    private static final int REQUESTS_OF_EACH = 40;
    private static final long BUDGET_BYTES = 16 << 20;

    /// What is found when a model has been loaded may be more than it was let in for, up to four times, until
    /// others have left for it.
    private static final long SLACK_BYTES = 3 << 20;

    private static final String CONFIG = """
            parameters { key: "on_demand" value { string_value: "true" } }
            parameters { key: "batching" value { string_value: "off" } }
            """;

    @TempDir
    private Path repository;

    @Test
    void everyRequestIsAnsweredWithinTheBudget() throws Exception {
        for (int i = 0; i < MODELS; i++) {
            OnnxModels.write(repository, "plus-" + i, 1, OnnxModels.plus(i));
            Files.writeString(repository.resolve("plus-" + i).resolve("config.pbtxt"), CONFIG);
        }
        try (RunningGateway gateway =
                RunningGateway.start(TestGateways.withMemory(repository, BUDGET_BYTES), NanoClock.SYSTEM)) {
            gateway.initialLoad().join();
            assertThat(gateway.handles().total()).as("nothing is loaded").isZero();
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS);
                    GrpcClient grpc = GrpcClient.of(gateway);
                    HttpClient http = HttpClient.newHttpClient()) {
                List<Future<?>> askers = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    Random random = new Random(thread);
                    boolean byRest = thread % 2 == 0;
                    askers.add(threads.submit(() -> {
                        for (int i = 0; i < REQUESTS_OF_EACH; i++) {
                            int model = random.nextInt(MODELS);
                            assertThat(byRest ? ask(http, gateway, model) : ask(grpc, model))
                                    .isEqualTo(1000 + model);
                            assertThat(heldBytes(gateway)).isLessThanOrEqualTo(BUDGET_BYTES + SLACK_BYTES);
                        }
                        return true;
                    }));
                }
                for (Future<?> asker : askers) {
                    asker.get();
                }
                HttpResponse<String> ready = RegisteredVersions.get(http, gateway, "/v2/models/plus-7/ready");
                assertThat(ready.statusCode()).isEqualTo(200);
            }
            Metrics metrics = Metrics.of(gateway);
            assertThat(metrics.sum("penstock_on_demand_loads_total", "result=\"loaded\""))
                    .as("one for each that was asked for and not there, at most one a request")
                    .isBetween(80.0, (double) THREADS * REQUESTS_OF_EACH);
            assertThat(metrics.sum("penstock_on_demand_loads_total", "result=\"failed\""))
                    .isZero();
            assertThat(metrics.sum("penstock_on_demand_evictions_total")).isPositive();
            assertThat(metrics.sum("penstock_memory_held_bytes")).isBetween(1.0, (double) BUDGET_BYTES);
            assertThat(metrics.has("penstock_model_memory_bytes", "kind=\"predicted\""))
                    .isTrue();
            assertThat(metrics.sum("penstock_on_demand_waiting_requests")).isZero();
            assertThat(metrics.sum("penstock_memory_budget_bytes")).isEqualTo((double) BUDGET_BYTES);
            assertThat(metrics.has("process_resident_memory_bytes")).isTrue();
        }
    }

    @Test
    void whatCannotBeReadWithoutItsSignatureHasItLoaded() throws Exception {
        byte[] raw = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1000)
                .array();
        for (int i = 0; i < 2; i++) {
            OnnxModels.write(repository, "plus-" + i, 1, OnnxModels.plus(i));
            Files.writeString(repository.resolve("plus-" + i).resolve("config.pbtxt"), CONFIG);
        }
        try (RunningGateway gateway =
                        RunningGateway.start(TestGateways.withMemory(repository, BUDGET_BYTES), NanoClock.SYSTEM);
                HttpClient http = HttpClient.newHttpClient()) {
            gateway.initialLoad().join();
            HttpRequest.Builder v1 = HttpRequest.newBuilder(
                            URI.create(TestGateways.url(gateway, "/v1/models/plus-0:predict")))
                    .POST(BodyPublishers.ofString("{\"instances\":[[1000]]}"));
            assertThat(answered(http, v1.build())).contains("1000");
            HttpRequest.Builder binary = HttpRequest.newBuilder(
                            URI.create(TestGateways.url(gateway, "/v2/models/plus-1/infer")))
                    .header("Inference-Header-Content-Length", "0")
                    .POST(BodyPublishers.ofByteArray(raw));
            assertThat(answered(http, binary.build())).contains("plus-1");
        }
    }

    /// Refused until it is there, in words that say so, and then answered.
    private static String answered(HttpClient http, HttpRequest request) throws Exception {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        while (response.statusCode() == 503) {
            assertThat(response.body()).contains("is not at ready state");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
            response = http.send(request, BodyHandlers.ofString());
        }
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private static long heldBytes(RunningGateway gateway) {
        return gateway.memory().held().stream()
                .mapToLong(held -> held.footprint().bytes())
                .sum();
    }

    private static float ask(GrpcClient grpc, int model) {
        ModelInferResponse response = grpc.stub()
                .modelInfer(GrpcClient.request("plus-" + model)
                        .addInputs(GrpcClient.input("x", "FP32", 1, 1))
                        .addRawInputContents(GrpcClient.floats(1000))
                        .build());
        return GrpcClient.raw(response, "y").getFloat(0);
    }

    private static float ask(HttpClient http, RunningGateway gateway, int model) throws Exception {
        String body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[1000]}]}";
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/plus-" + model + "/infer")))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String data = response.body().replaceAll("(?s).*\"data\":\\[([0-9.E]+)\\].*", "$1");
        return Float.parseFloat(data);
    }
}
