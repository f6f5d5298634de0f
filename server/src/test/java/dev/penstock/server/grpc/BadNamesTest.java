package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.floats;
import static dev.penstock.server.grpc.DoorFixture.input;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@EachTransport
class BadNamesTest {
    private final DoorFixture fixture;
    private static final Status.Code INVALID = Status.Code.INVALID_ARGUMENT;

    BadNamesTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    static Stream<BadRequest> refused() {
        return Stream.of(
                BadRequest.of(
                        "unknown model",
                        digits().setModelName("nope"),
                        Status.Code.NOT_FOUND,
                        "Request for unknown model: 'nope' is not found"),
                BadRequest.of(
                        "no model name",
                        digits().clearModelName(),
                        Status.Code.NOT_FOUND,
                        "Request for unknown model: '' is not found"),
                BadRequest.of(
                        "path trick",
                        digits().setModelName("../digits"),
                        Status.Code.NOT_FOUND,
                        "Request for unknown model: '../digits' is not found"),
                BadRequest.of(
                        "NUL in the name", digits().setModelName("dig\0its"), Status.Code.NOT_FOUND, "is not found"),
                BadRequest.of(
                        "unknown version",
                        digits().setModelVersion("9"),
                        Status.Code.NOT_FOUND,
                        "Request for unknown model: 'digits' version 9 is not found"),
                BadRequest.of(
                        "version not ready",
                        digits().setModelVersion("3"),
                        Status.Code.UNAVAILABLE,
                        "Request for unknown model: 'digits' version 3 is not at ready state"),
                BadRequest.of(
                        "version is no number",
                        digits().setModelVersion("two"),
                        INVALID,
                        "version 'two' of model 'digits' is not a version (expected: an integer > 0)"),
                BadRequest.of("version is negative", digits().setModelVersion("-1"), INVALID, "version '-1'"),
                BadRequest.of(
                        "unknown output",
                        digits().addOutputs(output("nope")),
                        INVALID,
                        "unexpected inference output 'nope' for model 'digits'"),
                BadRequest.of(
                        "duplicate output",
                        digits().addOutputs(output("label")).addOutputs(output("label")),
                        INVALID,
                        "duplicate inference output 'label'"),
                BadRequest.of(
                        "classification",
                        digits().addOutputs(output("label")
                                .putParameters(
                                        "classification",
                                        InferParameter.newBuilder()
                                                .setInt64Param(3)
                                                .build())),
                        Status.Code.UNIMPLEMENTED,
                        "parameter 'classification' of output 'label' is not supported"),
                BadRequest.of(
                        "output in shared memory",
                        digits().addOutputs(output("label").putParameters("shared_memory_region", text("r"))),
                        Status.Code.UNIMPLEMENTED,
                        "parameter 'shared_memory_region' of output 'label' is not supported"),
                BadRequest.of(
                        "input in shared memory",
                        change(
                                digits(),
                                input("image", "FP32", 1, 64).putParameters("shared_memory_region", text("r"))),
                        Status.Code.UNIMPLEMENTED,
                        "parameter 'shared_memory_region' of input 'image' is not supported"),
                BadRequest.of(
                        "sequence",
                        digits().putParameters("sequence_id", text("s")),
                        Status.Code.UNIMPLEMENTED,
                        "parameter 'sequence_id' is not supported"),
                BadRequest.of(
                        "timeout in words",
                        digits().putParameters("timeout", text("soon")),
                        INVALID,
                        "parameter 'timeout' is 'soon' (expected: microseconds, a whole number >= 0)"),
                BadRequest.of(
                        "negative timeout",
                        digits().putParameters(
                                        "timeout",
                                        InferParameter.newBuilder()
                                                .setInt64Param(-1)
                                                .build()),
                        INVALID,
                        "parameter 'timeout' is -1"),
                BadRequest.of(
                        "timeout of a wrong type",
                        digits().putParameters(
                                        "timeout",
                                        InferParameter.newBuilder()
                                                .setBoolParam(true)
                                                .build()),
                        INVALID,
                        "parameter 'timeout' is bool_param"));
    }

    private static ModelInferRequest.Builder change(
            ModelInferRequest.Builder request, ModelInferRequest.InferInputTensor.Builder input) {
        return request.setInputs(0, input);
    }

    private static InferRequestedOutputTensor.Builder output(String name) {
        return InferRequestedOutputTensor.newBuilder().setName(name);
    }

    private static InferParameter text(String value) {
        return InferParameter.newBuilder().setStringParam(value).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefusedByNameAndTheConnectionGoesOn(BadRequest bad) {
        bad.assertRefusedBy(fixture);
    }

    @Test
    void tellsModelAndVersionInTheTrailersOfARefusal() {
        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(
                digits().setRawInputContents(0, floats(63)).build()));

        assertThat(value(failure.getTrailers(), "x-penstock-model")).isEqualTo("digits");
        assertThat(value(failure.getTrailers(), "x-penstock-version")).isEqualTo("2");
    }

    @Test
    void tellsModelAndVersionAlsoWhereTheyAreNotThere() {
        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(
                digits().setModelName("nope").setModelVersion("9").build()));

        assertThat(value(failure.getTrailers(), "x-penstock-model")).isEqualTo("nope");
        assertThat(value(failure.getTrailers(), "x-penstock-version")).isEqualTo("9");
    }

    @Test
    void doesNotEchoMegabytes() {
        String name = "é".repeat(200_000);

        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(
                digits().setModelName(name).setId("é".repeat(512)).build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(failure.getStatus().getDescription()).hasSizeLessThan(5000).contains("(cut: ");
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).hasSizeLessThan(257);
        assertThat(value(failure.getTrailers(), "x-penstock-model")).isNull();
    }

    @Test
    void refusesIdsOfMegabytes() {
        StatusRuntimeException failure = failureOf(() ->
                fixture.stub.modelInfer(digits().setId("é".repeat(200_000)).build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).isEqualTo("'id' has 400000 bytes (expected: at most 1024)");
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).hasSizeLessThan(257);
    }
}
