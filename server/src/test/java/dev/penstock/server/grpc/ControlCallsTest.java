package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.proto.inference.ModelConfigRequest;
import dev.penstock.proto.inference.ModelMetadataRequest;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.RepositoryIndexRequest;
import dev.penstock.proto.inference.RepositoryIndexResponse.ModelIndex;
import dev.penstock.proto.inference.ServerLiveRequest;
import dev.penstock.proto.inference.ServerMetadataRequest;
import dev.penstock.proto.inference.ServerMetadataResponse;
import dev.penstock.proto.inference.ServerReadyRequest;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.VersionState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EachTransport
class ControlCallsTest {
    private final DoorFixture fixture;

    ControlCallsTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private boolean modelReady(String name, String version) {
        return fixture.stub
                .modelReady(ModelReadyRequest.newBuilder()
                        .setName(name)
                        .setVersion(version)
                        .build())
                .getReady();
    }

    private ModelMetadataResponse metadata(String name, String version) {
        return fixture.stub.modelMetadata(ModelMetadataRequest.newBuilder()
                .setName(name)
                .setVersion(version)
                .build());
    }

    @Test
    void isLiveAndAsReadyAsTheCatalog() {
        assertThat(fixture.stub
                        .serverLive(ServerLiveRequest.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(fixture.stub
                        .serverReady(ServerReadyRequest.getDefaultInstance())
                        .getReady())
                .isTrue();

        fixture.catalog.ready = false;

        assertThat(fixture.stub
                        .serverLive(ServerLiveRequest.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(fixture.stub
                        .serverReady(ServerReadyRequest.getDefaultInstance())
                        .getReady())
                .isFalse();
    }

    @Test
    void saysWhatItIsAndOnlyWhatItDoes() {
        ServerMetadataResponse server = fixture.stub.serverMetadata(ServerMetadataRequest.getDefaultInstance());

        assertThat(server.getName()).isEqualTo("penstock");
        assertThat(server.getVersion()).isEqualTo("1.2.3");
        assertThat(server.getExtensionsList())
                .containsExactly("model_repository", "model_configuration", "binary_tensor_data", "parameters");
        assertThat(value(fixture.headers.get(), "x-penstock-request-id")).isNotEmpty();
    }

    @Test
    void aModelThatIsNotThereIsNotReadyAndNoError() {
        assertThat(modelReady("digits", "")).isTrue();
        assertThat(modelReady("digits", "1")).isTrue();
        assertThat(modelReady("digits", "3")).isFalse();
        assertThat(modelReady("digits", "4")).isFalse();
        assertThat(modelReady("nope", "")).isFalse();
        assertThat(modelReady("nope", "1")).isFalse();
        assertThat(failureOf(() -> modelReady("digits", "x")).getStatus().getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void describesAModelByItsNewestReadyVersion() {
        ModelMetadataResponse digits = metadata("digits", "");

        assertThat(digits.getName()).isEqualTo("digits");
        assertThat(digits.getVersionsList()).containsExactly("1", "2");
        assertThat(digits.getPlatform()).isEqualTo("onnxruntime_onnx");
        assertThat(digits.getInputsList()).containsExactly(tensor("image", "FP32", -1, 64));
        assertThat(digits.getOutputsList())
                .containsExactly(tensor("label", "INT64", -1), tensor("probabilities", "FP32", -1, 10));
        assertThat(value(fixture.headers.get(), "x-penstock-model")).isEqualTo("digits");
        assertThat(value(fixture.headers.get(), "x-penstock-version")).isEqualTo("2");
    }

    @Test
    void describesOneVersionWhenAsked() {
        assertThat(metadata("digits", "1").getVersionsList()).containsExactly("1");
        assertThat(value(fixture.headers.get(), "x-penstock-version")).isEqualTo("1");
    }

    @Test
    void showsAScalarInputAsTheOneElementItMayBeSentAs() {
        Signature signature = new Signature(
                List.of(TensorSpec.of("rate", DataType.INT64)), List.of(TensorSpec.of("y", DataType.FP32)), 0);
        fixture.catalog.put("scalar", FakeCatalog.version(1, VersionState.READY, signature));

        assertThat(metadata("scalar", "").getInputsList()).containsExactly(tensor("rate", "INT64", 1));
        assertThat(metadata("scalar", "").getOutputsList()).containsExactly(tensor("y", "FP32"));
    }

    private static TensorMetadata tensor(String name, String datatype, long... shape) {
        TensorMetadata.Builder tensor =
                TensorMetadata.newBuilder().setName(name).setDatatype(datatype);
        for (long dim : shape) {
            tensor.addShape(dim);
        }
        return tensor.build();
    }

    @Test
    void refusesToDescribeWhatIsNotThereOrNotReady() {
        fixture.catalog.put("empty");
        fixture.catalog.put("loading", FakeCatalog.version(1, VersionState.LOADING, DoorFixture.DIGITS));

        assertRefused("nope", "", Status.Code.NOT_FOUND, "Request for unknown model: 'nope' is not found");
        assertRefused(
                "digits", "9", Status.Code.NOT_FOUND, "Request for unknown model: 'digits' version 9 is not found");
        assertRefused(
                "digits",
                "3",
                Status.Code.UNAVAILABLE,
                "Request for unknown model: 'digits' version 3 is not at ready state");
        assertRefused(
                "empty", "", Status.Code.NOT_FOUND, "Request for unknown model: 'empty' has no available versions");
        assertRefused(
                "loading",
                "",
                Status.Code.UNAVAILABLE,
                "Request for unknown model: 'loading' has no available versions");
        assertRefused(
                "digits",
                "one",
                Status.Code.INVALID_ARGUMENT,
                "version 'one' of model 'digits' is not a version (expected: an integer > 0)");
    }

    private void assertRefused(String name, String version, Status.Code code, String message) {
        StatusRuntimeException metadata = failureOf(() -> metadata(name, version));
        StatusRuntimeException config = failureOf(() -> fixture.stub.modelConfig(ModelConfigRequest.newBuilder()
                .setName(name)
                .setVersion(version)
                .build()));

        assertThat(metadata.getStatus().getCode()).isEqualTo(code);
        assertThat(metadata.getStatus().getDescription()).isEqualTo(message);
        assertThat(value(metadata.getTrailers(), "x-penstock-model")).isEqualTo(name);
        assertThat(config.getStatus().getCode()).isEqualTo(code);
        assertThat(config.getStatus().getDescription()).isEqualTo(message);
    }

    @Test
    void answersTheEffectiveConfiguration() {
        assertThat(fixture.stub
                        .modelConfig(ModelConfigRequest.newBuilder()
                                .setName("digits")
                                .build())
                        .getConfig()
                        .getMaxBatchSize())
                .isEqualTo(8);
    }

    @Test
    void listsEveryVersionOrOnlyTheReadyOnes() {
        fixture.catalog.put("empty");

        List<ModelIndex> all = index(false);
        List<ModelIndex> ready = index(true);

        assertThat(all)
                .extracting(
                        row -> row.getName() + " " + row.getVersion() + " " + row.getState() + " " + row.getReason())
                .containsExactly(
                        "digits 1 READY ",
                        "digits 2 READY ",
                        "digits 3 UNAVAILABLE the file is truncated",
                        "empty  UNAVAILABLE no versions");
        assertThat(ready).extracting(ModelIndex::getVersion).containsExactly("1", "2");
    }

    private List<ModelIndex> index(boolean ready) {
        return fixture.stub
                .repositoryIndex(
                        RepositoryIndexRequest.newBuilder().setReady(ready).build())
                .getModelsList();
    }
}
