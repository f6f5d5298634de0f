package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.Lineage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Versions come, take over and go while callers of both doors go on. Version N multiplies by N, so each answer
/// says by itself who gave it.
@Timeout(300)
class RegisterRoundsTest {
    private static final int ROUNDS = 100;
    private static final String MODEL = "m";

    @TempDir
    private Path folder;

    /// The least and the greatest version that may answer now.
    private final AtomicInteger oldest = new AtomicInteger(1);
    private final AtomicInteger newest = new AtomicInteger(1);

    @Test
    void everyRequestIsAnsweredByOneOfTheTwoLiveVersionsAndNothingStaysOpen() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        try (RunningGateway gateway =
                        TestGateways.recorded(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR);
                GrpcClient grpc = GrpcClient.of(gateway);
                HttpClient http = HttpClient.newHttpClient()) {
            long open = gateway.handles().total();
            register(gateway, 1, "stable");
            try (Callers callers = new Callers()) {
                callers.add(() -> grpc(grpc, MODEL));
                callers.add(() -> grpc(grpc, MODEL + "@stable"));
                callers.add(() -> rest(http, gateway));
                for (int version = 2; version <= ROUNDS + 1; version++) {
                    replace(gateway, version, callers);
                }
                callers.finish();
            }

            gateway.modelAdmin().dropAlias(MODEL, "stable", "test");
            gateway.modelAdmin().delete(MODEL, 0, "test");
            while (gateway.handles().total() != open && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(gateway.handles().total()).isEqualTo(open);
        }
        assertThat(namesIn(folder.resolve("data/open"))).isZero();
    }

    private void replace(RunningGateway gateway, int version, Callers callers) throws Exception {
        register(gateway, version);
        newest.set(version);
        gateway.modelAdmin().promote(MODEL, "stable", version, "test");
        callers.awaitAnswerFrom(Integer.toString(version));
        gateway.modelAdmin().delete(MODEL, version - 1L, "test");
        oldest.set(version);
    }

    private void register(RunningGateway gateway, int version, String... aliases) throws Exception {
        Path file = folder.resolve("repository/" + version + ".onnx");
        Files.write(file, OnnxModels.times((float) version, 4));
        RegisterOrder order = new RegisterOrder(
                MODEL,
                version,
                new RegisterOrder.Content.Fetched(file.toString(), ""),
                List.of(aliases),
                Lineage.UNKNOWN,
                "",
                "",
                "",
                false,
                false);
        Registration done = gateway.modelAdmin().register(order, "test", event -> {});
        assertThat(done.serving()).as(done.problem()).isTrue();
    }

    private String grpc(GrpcClient client, String model) {
        int least = oldest.get();
        ModelInferResponse answer = client.stub()
                .modelInfer(GrpcClient.request(model)
                        .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                        .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                        .build());
        float factor = (float) live(answer.getModelVersion(), least);
        assertThat(answer.getRawOutputContents(0))
                .isEqualTo(GrpcClient.floats(factor, 2 * factor, 3 * factor, 4 * factor));
        return answer.getModelVersion();
    }

    private String rest(HttpClient client, RunningGateway gateway) throws Exception {
        int least = oldest.get();
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/m/infer")))
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode body = JsonMapper.shared().readTree(answer.body());
        String label = body.path("model_version").asString("");
        assertThat(answer.headers().firstValue("x-penstock-version")).contains(label);
        int version = live(label, least);
        JsonNode data = body.path("outputs").path(0).path("data");
        for (int i = 0; i < 4; i++) {
            assertThat(data.path(i).asInt()).as(answer.body()).isEqualTo((i + 1) * version);
        }
        return label;
    }

    /// @param least that served when the request was made
    private int live(String label, int least) {
        int version = Integer.parseInt(label);
        assertThat(version).isBetween(least, newest.get());
        return version;
    }

    private static long namesIn(Path folder) throws Exception {
        try (var names = Files.list(folder)) {
            return names.count();
        }
    }
}
