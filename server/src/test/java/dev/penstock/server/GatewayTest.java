package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.NanoClock;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.proto.inference.ServerReadyRequest;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.config.ServerConfig.Endpoint;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whole servers in unusual situations.
@Timeout(240)
class GatewayTest {
    @TempDir
    private Path repository;

    @Test
    void oneCorruptModelDoesNotStopTheOthers() throws Exception {
        OnnxModels.write(repository, "good", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "corrupt", 1, "not a model".getBytes(StandardCharsets.UTF_8));
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(tiny(client, "good").getModelVersion()).isEqualTo("1");
            assertThat(client.stub()
                            .serverReady(ServerReadyRequest.getDefaultInstance())
                            .getReady())
                    .isFalse();
            assertThat(reason(gateway, "corrupt")).isNotEmpty();
            assertThatThrownBy(() -> tiny(client, "corrupt"))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("corrupt");
        }
    }

    @Test
    void askingForCudaWhereItCannotWorkFailsThatModelByName() throws Exception {
        OnnxModels.write(repository, "good", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "fast", 1, OnnxModels.tiny());
        Files.writeString(repository.resolve("fast/config.pbtxt"), "instance_group [ { kind: KIND_GPU } ]");
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(tiny(client, "good").getModelVersion()).isEqualTo("1");
            assertThat(reason(gateway, "fast"))
                    .contains("libonnxruntime_providers_cuda.so", "PENSTOCK_NATIVES", "onnxruntime.native.path");
        }
    }

    @Test
    void drainingFinishesWhatIsUnderWayAndFreesEverything() throws Exception {
        OnnxModels.write(repository, "slow", 1, OnnxModels.slow(50_000));
        // Alone, so that a run is what holds a tensor open.
        Files.writeString(
                repository.resolve("slow/config.pbtxt"),
                "parameters { key: \"batching\" value: { string_value: \"off\" } }");
        NativeHandles handles;
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            handles = gateway.handles();
            CompletableFuture<ModelInferResponse> underWay = OwnThreads.call(() -> client.stub()
                    .modelInfer(GrpcClient.request("slow")
                            .addInputs(GrpcClient.input("x", "FP32", 1, 256))
                            .addRawInputContents(GrpcClient.floats(new float[256]))
                            .build()));
            awaitARun(gateway, underWay);
            gateway.drain(new Termination());

            assertThat(underWay.get().getModelName()).isEqualTo("slow");
        }
        assertThat(handles.total()).isZero();
    }

    /// Or its end, if this thread was not let run meanwhile.
    private static void awaitARun(RunningGateway gateway, CompletableFuture<?> call) {
        while (!call.isDone() && gateway.handles().live().getOrDefault("tensor", 0L) == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void modelsComeAndGoOnDemandWhereThatIsAllowed() throws Exception {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        try (RunningGateway gateway = TestGateways.explicit(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            gateway.initialLoad().join();
            // Nobody asked for it, so it did not fail.
            assertThat(gateway.models()).singleElement().satisfies(model -> {
                assertThat(model.reason()).isEmpty();
                assertThat(model.versions()).hasSize(1).noneMatch(VersionStatus::failed);
            });
            assertThat(isReady(client)).isFalse();
            load(client);
            assertThat(isReady(client)).isTrue();
            assertThat(tiny(client, "tiny").getModelVersion()).isEqualTo("1");
            assertThat(client.stub()
                            .repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                                    .setModelName("tiny")
                                    .build()))
                    .isNotNull();
            assertThat(isReady(client)).isFalse();
        }
    }

    @Test
    void butOnlyThere() throws Exception {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            assertThatThrownBy(() -> load(client))
                    .hasMessageContaining("UNAVAILABLE")
                    .hasMessageContaining("explicit model load / unload is not allowed");
        }
    }

    @Test
    void aPortThatIsTakenIsNamedAndNothingIsLeftRunning() throws Exception {
        try (RunningGateway first = TestGateways.serving(repository)) {
            Endpoint taken = first.addresses().grpc();

            assertThatThrownBy(() -> RunningGateway.start(TestGateways.withGrpcAt(taken, repository), NanoClock.SYSTEM))
                    .isInstanceOf(CannotBindException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.port())
                    .hasMessageContaining("--grpc-port");
        }
    }

    @Test
    void countsWhatItAnswered() throws Exception {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(tiny(client, "tiny").getModelVersion()).isEqualTo("1");
            assertThatThrownBy(() -> tiny(client, "nobody")).isInstanceOf(StatusRuntimeException.class);

            assertThat(Metrics.of(gateway).page())
                    .contains("penstock_requests_total{code=\"ok\",model=\"tiny\",version=\"1\"} 1.0")
                    .contains("penstock_requests_total{code=\"not_found\",model=\"other\",version=\"\"} 1.0")
                    .doesNotContain("nobody");
        }
    }

    private static boolean isReady(GrpcClient client) {
        return client.stub()
                .modelReady(ModelReadyRequest.newBuilder().setName("tiny").build())
                .getReady();
    }

    private static void load(GrpcClient client) {
        assertThat(client.stub()
                        .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                                .setModelName("tiny")
                                .build()))
                .isNotNull();
    }

    private static ModelInferResponse tiny(GrpcClient client, String model) {
        return client.stub()
                .modelInfer(GrpcClient.request(model)
                        .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                        .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                        .build());
    }

    private static String reason(RunningGateway gateway, String model) {
        ModelStatus status = gateway.models().stream()
                .filter(one -> one.name().equals(model))
                .findFirst()
                .orElseThrow();
        return status.versions().getFirst().reason();
    }
}
