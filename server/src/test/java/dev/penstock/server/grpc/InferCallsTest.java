package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.floats;
import static dev.penstock.server.grpc.DoorFixture.input;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.penstock.core.DataType;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@EachTransport
class InferCallsTest {
    private final DoorFixture fixture;

    InferCallsTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void answersWithNamesTypesShapesAndRawBytes() {
        ModelInferResponse reply =
                fixture.stub.modelInfer(digits().setId("my-1").build());

        assertThat(reply.getModelName()).isEqualTo("digits");
        assertThat(reply.getModelVersion()).isEqualTo("2");
        assertThat(reply.getId()).isEqualTo("my-1");
        assertThat(reply.getOutputsList())
                .extracting(InferOutputTensor::getName)
                .containsExactly("label", "probabilities");
        assertThat(reply.getOutputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(reply.getOutputs(0).getShapeList()).containsExactly(1L, 64L);
        assertThat(reply.getOutputs(0).hasContents()).isFalse();
        assertThat(reply.getRawOutputContentsList()).containsExactly(floats(64), floats(64));
        assertThat(fixture.leases()).isZero();
    }

    @Test
    void answersOnlyTheRequestedOutputsInTheirOrder() {
        ModelInferResponse reply = fixture.stub.modelInfer(
                digits().addOutputs(InferRequestedOutputTensor.newBuilder().setName("probabilities"))
                        .addOutputs(InferRequestedOutputTensor.newBuilder().setName("label"))
                        .build());

        assertThat(reply.getOutputsList())
                .extracting(InferOutputTensor::getName)
                .containsExactly("probabilities", "label");
    }

    @Test
    void answersFromTheVersionThatWasAsked() {
        ModelInferResponse reply =
                fixture.stub.modelInfer(digits().setModelVersion("1").build());

        assertThat(reply.getModelVersion()).isEqualTo("1");
        assertThat(value(fixture.headers.get(), "x-penstock-version")).isEqualTo("1");
    }

    @Test
    void takesAnEmptyContentsMessageBesideRawContents() {
        ModelInferRequest.Builder request = digits();
        request.getInputsBuilder(0).setContents(InferTensorContents.getDefaultInstance());

        assertThat(fixture.stub.modelInfer(request.build()).getRawOutputContents(0))
                .isEqualTo(floats(64));
    }

    @Test
    void exposesTheCallersIdBeforeItsMetadata() {
        Metadata sent = new Metadata();
        sent.put(Exposure.REQUEST_ID, "from-metadata");
        var stub = fixture.stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(sent));

        ModelInferResponse withId = stub.modelInfer(digits().setId("mine é").build());
        @SuppressWarnings("NullAway")
        String withIdExposed = value(fixture.headers.get(), "x-penstock-request-id");
        ModelInferResponse without = stub.modelInfer(digits().build());

        assertThat(withId.getId()).isEqualTo("mine é");
        assertThat(withIdExposed).isEqualTo("mine%20%C3%A9");
        assertThat(without.getId()).isEmpty();
        assertThat(value(fixture.headers.get(), "x-penstock-request-id")).isEqualTo("from-metadata");
    }

    @Test
    void exposesAnIdOfItsOwnOtherwise() {
        fixture.stub.modelInfer(digits().build());
        String first = value(fixture.headers.get(), "x-penstock-request-id");
        fixture.stub.modelInfer(digits().build());
        String second = value(fixture.headers.get(), "x-penstock-request-id");

        assertThat(first).matches("[0-9a-f]{12}-\\d+").isNotEqualTo(second);
        assertThat(value(fixture.headers.get(), "x-penstock-model")).isEqualTo("digits");
        assertThat(value(fixture.headers.get(), "x-penstock-version")).isEqualTo("2");
    }

    @Test
    void percentEncodesNamesInMetadata() {
        ModelInferResponse reply = fixture.stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("modèle ü")
                .addInputs(input("x", "FP32", 1))
                .addRawInputContents(floats(1))
                .build());

        assertThat(reply.getModelName()).isEqualTo("modèle ü");
        assertThat(value(fixture.headers.get(), "x-penstock-model")).isEqualTo("mod%C3%A8le%20%C3%BC");
    }

    static Stream<Arguments> typedElements() {
        return Stream.of(
                typed(
                        DataType.BOOL,
                        InferTensorContents.newBuilder().addBoolContents(true).addBoolContents(false),
                        "0100"),
                typed(
                        DataType.INT8,
                        InferTensorContents.newBuilder().addIntContents(-128).addIntContents(127),
                        "807f"),
                typed(
                        DataType.INT16,
                        InferTensorContents.newBuilder().addIntContents(-32768).addIntContents(1),
                        "00800100"),
                typed(
                        DataType.INT32,
                        InferTensorContents.newBuilder().addIntContents(-2).addIntContents(1),
                        "feffffff01000000"),
                typed(
                        DataType.INT64,
                        InferTensorContents.newBuilder().addInt64Contents(-2).addInt64Contents(1),
                        "feffffffffffffff0100000000000000"),
                typed(
                        DataType.UINT8,
                        InferTensorContents.newBuilder().addUintContents(255).addUintContents(0),
                        "ff00"),
                typed(
                        DataType.UINT16,
                        InferTensorContents.newBuilder().addUintContents(65535).addUintContents(1),
                        "ffff0100"),
                typed(
                        DataType.UINT32,
                        InferTensorContents.newBuilder().addUintContents(-1).addUintContents(1),
                        "ffffffff01000000"),
                typed(
                        DataType.UINT64,
                        InferTensorContents.newBuilder().addUint64Contents(-1).addUint64Contents(1),
                        "ffffffffffffffff0100000000000000"),
                typed(
                        DataType.FP32,
                        InferTensorContents.newBuilder().addFp32Contents(1).addFp32Contents(-2),
                        "0000803f000000c0"),
                typed(
                        DataType.FP64,
                        InferTensorContents.newBuilder().addFp64Contents(1).addFp64Contents(-2),
                        "000000000000f03f00000000000000c0"),
                typed(
                        DataType.BYTES,
                        InferTensorContents.newBuilder()
                                .addBytesContents(ByteString.copyFrom(new byte[] {0, -1}))
                                .addBytesContents(ByteString.EMPTY),
                        "0200000000ff00000000"));
    }

    private static Arguments typed(DataType type, InferTensorContents.Builder contents, String hex) {
        return Arguments.of(type, contents.build(), hex);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("typedElements")
    void typedElementsBecomeTheirBytes(DataType type, InferTensorContents contents, String hex) {
        ModelInferResponse reply = fixture.stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("echo-" + type)
                .addInputs(input("x", type.name(), 2).setContents(contents))
                .build());

        assertThat(HexFormat.of().formatHex(reply.getRawOutputContents(0).toByteArray()))
                .isEqualTo(hex);
        assertThat(reply.getOutputs(0).getDatatype()).isEqualTo(type.name());
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void rawElementsAreTakenAsTheyAre(DataType type) {
        long seed = 7;
        byte[] bytes = new byte[Math.max(type.byteSize(), 8) * 3];
        new Random(seed).nextBytes(bytes);
        if (type == DataType.BYTES) {
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0, 4)
                    .putInt(8, 4)
                    .putInt(16, 4);
        }
        long elements = type == DataType.BYTES ? 3 : bytes.length / type.byteSize();

        ModelInferResponse reply = fixture.stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("echo-" + type)
                .addInputs(input("x", type.name(), elements))
                .addRawInputContents(ByteString.copyFrom(bytes))
                .build());

        assertThat(reply.getRawOutputContents(0).toByteArray())
                .as("seed %d", seed)
                .isEqualTo(bytes);
    }

    @Test
    void rawEntriesBelongToTheInputsInTheirOrder() {
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName("pair")
                .addInputs(input("b", "INT64", 1))
                .addInputs(input("a", "FP32", 1, 2))
                .addRawInputContents(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 0, 0, 0, 0}))
                .addRawInputContents(floats(2))
                .build();

        ModelInferResponse reply = fixture.stub.modelInfer(request);

        assertThat(reply.getRawOutputContents(0).byteAt(0)).isEqualTo((byte) 9);
    }

    @Test
    void anEmptyTensorNeedsNoContents() {
        ModelInferResponse reply = fixture.stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("echo-FP32")
                .addInputs(input("x", "FP32", 0))
                .build());

        assertThat(reply.getOutputs(0).getShapeList()).containsExactly(0L);
        assertThat(reply.getRawOutputContents(0)).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void sixtyFourCallsAtATimeGetTheirOwnAnswers() throws Exception {
        var futures = GRPCInferenceServiceGrpc.newFutureStub(fixture.channel);
        List<ListenableFuture<ModelInferResponse>> replies = new ArrayList<>();

        for (int i = 0; i < 64; i++) {
            replies.add(futures.modelInfer(ModelInferRequest.newBuilder()
                    .setModelName("echo-INT32")
                    .setId("call-" + i)
                    .addInputs(input("x", "INT32", 1)
                            .setContents(InferTensorContents.newBuilder().addIntContents(i)))
                    .build()));
        }

        for (int i = 0; i < 64; i++) {
            ModelInferResponse reply = replies.get(i).get(120, TimeUnit.SECONDS);
            assertThat(reply.getId()).isEqualTo("call-" + i);
            assertThat(reply.getRawOutputContents(0).byteAt(0)).isEqualTo((byte) i);
        }
    }
}
