package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.proto.inference.ModelConfigRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelMetadataRequest;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Aliases of registered versions, over the ports of a whole server.
@Timeout(400)
class AliasServingTest {
    private static final String CANARY = RegisteredVersions.MODEL + "@canary";

    @TempDir
    private Path folder;

    private Path repository;

    @BeforeEach
    void makeRepository() throws Exception {
        repository = Files.createDirectory(folder.resolve("repository"));
    }

    private RunningGateway serving(GrpcTransport transport) throws Exception {
        RunningGateway gateway = TestGateways.recorded(repository, folder.resolve("data"), transport);
        RegisteredVersions.register(gateway, repository, 1, "stable");
        RegisteredVersions.register(gateway, repository, 2, "canary");
        return gateway;
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void grpcTakesAliasesWhereverItTakesModels(GrpcTransport transport) throws Exception {
        try (RunningGateway gateway = serving(transport);
                GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(infer(client, RegisteredVersions.MODEL, "").getModelVersion())
                    .isEqualTo("1");
            ModelInferResponse canary = infer(client, CANARY, "");
            assertThat(canary.getModelVersion()).isEqualTo("2");
            assertThat(canary.getRawOutputContents(0))
                    .isEqualTo(infer(client, RegisteredVersions.MODEL, "2").getRawOutputContents(0))
                    .isNotEqualTo(infer(client, RegisteredVersions.MODEL, "1").getRawOutputContents(0));
            assertThat(client.stub()
                            .modelReady(ModelReadyRequest.newBuilder()
                                    .setName(CANARY)
                                    .build())
                            .getReady())
                    .isTrue();
            assertThat(client.stub()
                            .modelMetadata(ModelMetadataRequest.newBuilder()
                                    .setName(CANARY)
                                    .build())
                            .getVersionsList())
                    .containsExactly("2");
            assertThat(client.stub()
                            .modelConfig(ModelConfigRequest.newBuilder()
                                    .setName(CANARY)
                                    .build())
                            .getConfig()
                            .getName())
                    .isEqualTo(RegisteredVersions.MODEL);
            assertStatus(() -> infer(client, CANARY, "1"), Status.Code.INVALID_ARGUMENT);
            assertStatus(() -> infer(client, RegisteredVersions.MODEL + "@nobody", ""), Status.Code.NOT_FOUND);
            assertStatus(
                    () -> client.stub()
                            .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                                    .setModelName(CANARY)
                                    .build()),
                    Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void restTakesAliasesWhereverItTakesModels() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.GRPC_JAVA);
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> canary = RegisteredVersions.post(client, gateway, "/v2/models/slow@canary/infer");
            assertThat(canary.statusCode()).as(canary.body()).isEqualTo(200);
            assertThat(canary.headers().firstValue("x-penstock-version")).hasValue("2");
            HttpResponse<String> escaped = RegisteredVersions.post(client, gateway, "/v2/models/slow%40canary/infer");
            assertThat(escaped.body()).isEqualTo(canary.body());
            HttpResponse<String> stable = RegisteredVersions.post(client, gateway, "/v2/models/slow/infer");
            assertThat(stable.headers().firstValue("x-penstock-version")).hasValue("1");
            assertThat(RegisteredVersions.get(client, gateway, "/v2/models/slow@canary/ready")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(RegisteredVersions.get(client, gateway, "/v2/models/slow@canary")
                            .body())
                    .contains("\"versions\":[\"2\"]");
            assertThat(RegisteredVersions.get(client, gateway, "/v2/models/slow@canary/config")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(RegisteredVersions.get(client, gateway, "/v2/models/slow@nobody")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(RegisteredVersions.post(client, gateway, "/v2/models/slow@canary/versions/1/infer")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(RegisteredVersions.post(client, gateway, "/v2/repository/models/slow@canary/load")
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void labelsAreAliasesAndMoveWithThem() throws Exception {
        try (RunningGateway gateway = serving(GrpcTransport.GRPC_JAVA);
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> canary =
                    RegisteredVersions.predict(client, gateway, "/v1/models/slow/labels/canary:predict");
            assertThat(canary.statusCode()).as(canary.body()).isEqualTo(200);
            assertThat(canary.headers().firstValue("x-penstock-version")).hasValue("2");
            HttpResponse<String> two =
                    RegisteredVersions.predict(client, gateway, "/v1/models/slow/versions/2:predict");
            assertThat(two.body()).isEqualTo(canary.body());
            HttpResponse<String> stable = RegisteredVersions.predict(client, gateway, "/v1/models/slow:predict");
            assertThat(stable.headers().firstValue("x-penstock-version")).hasValue("1");
            assertThat(stable.body()).startsWith("{\"predictions\":[").isNotEqualTo(two.body());

            HttpResponse<String> nobody =
                    RegisteredVersions.predict(client, gateway, "/v1/models/slow/labels/nobody:predict");
            assertThat(nobody.statusCode()).isEqualTo(404);
            assertThat(nobody.body()).contains("'slow' has no alias or label 'nobody' (it has: canary, stable)");
            assertThat(RegisteredVersions.get(client, gateway, "/v1/models/slow/labels/nobody")
                            .body())
                    .isEqualTo(nobody.body());
            assertThat(RegisteredVersions.get(client, gateway, "/v1/models/slow")
                            .body())
                    .startsWith("{\"name\":\"slow\",\"ready\":true,\"model_version_status\":[{\"version\":\"2\",")
                    .doesNotContain("LOADING", "END");

            gateway.modelAdmin().promote(RegisteredVersions.MODEL, "stable", 2, "test");
            HttpResponse<String> moved =
                    RegisteredVersions.predict(client, gateway, "/v1/models/slow/labels/stable:predict");
            assertThat(moved.headers().firstValue("x-penstock-version")).hasValue("2");
            assertThat(moved.body()).isEqualTo(two.body());
        }
    }

    private static ModelInferResponse infer(GrpcClient client, String model, String version) {
        return client.stub().modelInfer(RegisteredVersions.request(model, version));
    }

    private static void assertStatus(ThrowingCallable call, Status.Code code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }
}
