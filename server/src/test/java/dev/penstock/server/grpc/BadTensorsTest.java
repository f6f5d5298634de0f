package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.floats;
import static dev.penstock.server.grpc.DoorFixture.input;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Status;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@EachTransport
class BadTensorsTest {
    private final DoorFixture fixture;
    private static final Status.Code INVALID = Status.Code.INVALID_ARGUMENT;

    BadTensorsTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    static Stream<BadRequest> refused() {
        return Stream.of(
                BadRequest.of(
                        "missing input",
                        digits().clearInputs().clearRawInputContents(),
                        INVALID,
                        "expected 1 inputs but got 0 inputs for model 'digits'. Got input(s) [], but missing required input(s) ['image']. Please provide all required input(s)."),
                BadRequest.of(
                        "unexpected input",
                        change(digits(), input("pixels", "FP32", 1, 64)),
                        INVALID,
                        "unexpected inference input 'pixels' for model 'digits'"),
                BadRequest.of(
                        "duplicate input",
                        digits().addInputs(input("image", "FP32", 1, 64)).addRawInputContents(floats(64)),
                        INVALID,
                        "duplicate inference input 'image' for model 'digits'"),
                BadRequest.of(
                        "unknown datatype",
                        change(digits(), input("image", "FLOAT", 1, 64)),
                        INVALID,
                        "inference input 'image' data-type is 'FLOAT' for model 'digits' (expected: one of [BOOL, UINT8,"),
                BadRequest.of(
                        "wrong datatype",
                        change(digits(), input("image", "INT32", 1, 64)),
                        INVALID,
                        "inference input 'image' data-type is 'INT32', but model 'digits' expects 'FP32'"),
                BadRequest.of(
                        "wrong rank",
                        change(digits(), input("image", "FP32", 64)),
                        INVALID,
                        "unexpected shape for input 'image' for model 'digits'. Expected [-1,64], got [64]."),
                BadRequest.of(
                        "wrong dim",
                        change(digits(), input("image", "FP32", 1, 63)),
                        INVALID,
                        "dimension 1 is 63 (expected: 64"),
                BadRequest.of(
                        "negative dim",
                        change(digits(), input("image", "FP32", -1, 64)),
                        INVALID,
                        "All input dimensions should be specified for input 'image' for model 'digits', got [-1,64]"),
                BadRequest.of(
                        "overflowing shape",
                        echo("FP32", Long.MAX_VALUE),
                        INVALID,
                        "shape [9223372036854775807] of input 'x' for model 'echo-FP32'"),
                BadRequest.of(
                        "huge rank",
                        change(digits(), input("image", "FP32", new long[60])),
                        INVALID,
                        "shape of input 'image' for model 'digits' has 60 dimensions (expected: at most 8)"),
                BadRequest.of(
                        "too many rows",
                        change(digits(), input("image", "FP32", 9, 64)).setRawInputContents(0, floats(9 * 64)),
                        INVALID,
                        "batch-size must be <= 8 for 'digits'"),
                BadRequest.of(
                        "too few bytes",
                        digits().setRawInputContents(0, floats(63)),
                        INVALID,
                        "unexpected size for input 'image' for model 'digits', expecting 256 bytes ([1,64] of FP32), got 252"),
                BadRequest.of(
                        "too many bytes", digits().setRawInputContents(0, floats(65)), INVALID, "expecting 256 bytes"),
                BadRequest.of(
                        "no contents at all",
                        digits().clearRawInputContents(),
                        INVALID,
                        "expecting 256 bytes ([1,64] of FP32), got 0"),
                BadRequest.of(
                        "a broken BYTES element",
                        echo("BYTES", 1).addRawInputContents(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 1})),
                        INVALID,
                        "element 0 of input 'x' for model 'echo-BYTES' is incomplete"),
                BadRequest.of(
                        "raw and typed",
                        change(
                                digits(),
                                input("image", "FP32", 1, 64)
                                        .setContents(
                                                InferTensorContents.newBuilder().addFp32Contents(1))),
                        INVALID,
                        "contents field must not be specified when using raw_input_contents for 'image' for model 'digits'"),
                BadRequest.of(
                        "too many raw entries",
                        digits().addRawInputContents(floats(1)),
                        INVALID,
                        "raw_input_contents for model 'digits' has 2 entries (expected: 1, one per input)"),
                BadRequest.of(
                        "wrong typed field",
                        typed("FP32", InferTensorContents.newBuilder().addIntContents(1)),
                        INVALID,
                        "input 'x' of datatype FP32 has its elements in int_contents (expected: fp32_contents)"),
                BadRequest.of(
                        "two typed fields",
                        typed(
                                "FP32",
                                InferTensorContents.newBuilder()
                                        .addFp32Contents(1)
                                        .addBoolContents(true)),
                        INVALID,
                        "has its elements in bool_contents (expected: fp32_contents)"),
                BadRequest.of(
                        "INT8 out of range",
                        typed("INT8", InferTensorContents.newBuilder().addIntContents(128)),
                        INVALID,
                        "element 0 of input 'x' of datatype INT8 is 128 (expected: -128 to 127)"),
                BadRequest.of(
                        "INT16 out of range",
                        typed("INT16", InferTensorContents.newBuilder().addIntContents(-32769)),
                        INVALID,
                        "is -32769 (expected: -32768 to 32767)"),
                BadRequest.of(
                        "UINT8 out of range",
                        typed("UINT8", InferTensorContents.newBuilder().addUintContents(-1)),
                        INVALID,
                        "is 4294967295 (expected: 0 to 255)"),
                BadRequest.of(
                        "UINT16 out of range",
                        typed("UINT16", InferTensorContents.newBuilder().addUintContents(65536)),
                        INVALID,
                        "is 65536 (expected: 0 to 65535)"),
                BadRequest.of(
                        "typed FP16",
                        typed("FP16", InferTensorContents.newBuilder().addFp32Contents(1)),
                        INVALID,
                        "input 'x' of datatype FP16 has typed contents (expected: raw_input_contents, there is no typed field for FP16)"),
                BadRequest.of(
                        "typed BF16",
                        typed("BF16", InferTensorContents.newBuilder().addFp32Contents(1)),
                        INVALID,
                        "there is no typed field for BF16"),
                BadRequest.of(
                        "too few typed elements",
                        typed("INT64", InferTensorContents.newBuilder().addInt64Contents(1))
                                .setInputs(
                                        0,
                                        input("x", "INT64", 2)
                                                .setContents(InferTensorContents.newBuilder()
                                                        .addInt64Contents(1))),
                        INVALID,
                        "expecting 16 bytes ([2] of INT64), got 8"));
    }

    private static ModelInferRequest.Builder change(
            ModelInferRequest.Builder request, ModelInferRequest.InferInputTensor.Builder input) {
        return request.setInputs(0, input);
    }

    private static ModelInferRequest.Builder echo(String datatype, long... shape) {
        return ModelInferRequest.newBuilder().setModelName("echo-" + datatype).addInputs(input("x", datatype, shape));
    }

    private static ModelInferRequest.Builder typed(String datatype, InferTensorContents.Builder contents) {
        return echo(datatype, 1).setInputs(0, input("x", datatype, 1).setContents(contents));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefusedByNameAndTheConnectionGoesOn(BadRequest bad) {
        bad.assertRefusedBy(fixture);
    }
}
