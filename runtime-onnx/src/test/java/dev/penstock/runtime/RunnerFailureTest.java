package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunnerFailureTest extends RuntimeTest {
    @Test
    void aModelThatFailsSaysWhyInOneLineAndStaysUsable() {
        try (LoadedModel model = load(OnnxModels.failing())) {
            assertFailure(model, ErrorCode.MODEL_FAILED, Tensors.longs("shape", Shape.of(1), 4))
                    .startsWith("model 'm' failed: ")
                    .endsWith("Input shape:{2,3}, requested shape:{4}")
                    .doesNotContain("\n", "\u001b", "onnxruntime");
            assertThat(handles.live()).containsEntry("tensor", 0L).containsEntry("result", 0L);

            assertThat(Tensors.floats(runOne(model, Tensors.longs("shape", Shape.of(1), 6))))
                    .containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void whatTheModelCallsAnInvalidArgumentIsOne() {
        try (LoadedModel model = load(OnnxModels.embedding())) {
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.longs("ids", Shape.of(2), 1, 10))
                    .contains("idx=10 must be within the inclusive range [-10,9]");

            assertThat(Tensors.floats(runOne(model, Tensors.longs("ids", Shape.of(2), 1, -1))))
                    .containsExactly(10, 90);
        }
    }

    @Test
    void aMissingInputFails() {
        try (LoadedModel model = load(OnnxModels.add(1))) {
            assertFailure(model, ErrorCode.MODEL_FAILED, Tensors.floats("a", Shape.of(1, 1), 1))
                    .endsWith("Missing Input: b");
        }
    }

    @Test
    void anOutputTooLargeToAnswerIsAFailureWithSizes() {
        try (LoadedModel model = load(OnnxModels.expand())) {
            assertFailure(model, ErrorCode.MODEL_FAILED, Tensors.longs("shape", Shape.of(2), 16_385, 16_384))
                    .isEqualTo("output 'y' of model 'm' has 1073807360 bytes, [16385,16384] of FP32"
                            + " (expected: at most 1073741824 bytes for all outputs together)");
            assertFailure(model, ErrorCode.MODEL_FAILED, Tensors.longs("shape", Shape.of(2), 1 << 20, 1 << 20))
                    .contains("Failed to allocate memory");
            assertThat(runOne(model, Tensors.longs("shape", Shape.of(2), 2, 2)).byteCount())
                    .isEqualTo(16);
        }
    }

    @Test
    void anOutputLargerThanTheHeapIsAFailureToo() {
        assumeTrue(Runtime.getRuntime().maxMemory() < 16_000L * 16_384 * Float.BYTES);
        try (LoadedModel model = load(OnnxModels.expand())) {
            assertFailure(model, ErrorCode.MODEL_FAILED, Tensors.longs("shape", Shape.of(2), 16_000, 16_384))
                    .isEqualTo("output 'y' of model 'm' has 1048576000 bytes, [16000,16384] of FP32"
                            + " (expected: less than the heap has left)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 7, 9, 12})
    void bytesThatAreNotExactlyTheShapesAreRefused(int bytes) {
        try (LoadedModel model = load(OnnxModels.identity(DataType.FP32, -1))) {
            Tensor x = Tensors.raw("x", DataType.FP32, Shape.of(2), new byte[bytes]);

            assertFailure(model, ErrorCode.INVALID_ARGUMENT, x)
                    .isEqualTo("input 'x' for model 'm' has %d bytes (expected: 2 times 4 for [2] of FP32)", bytes);
        }
    }

    @Test
    void inputsThatCannotBeExpressedAreRefusedByName() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.FP32, -1))) {
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.floats("z", Shape.of(1), 1))
                    .isEqualTo("input 'z' for model 'm' is unknown");
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.longs("x", Shape.of(1), 1))
                    .isEqualTo("input 'x' for model 'm' is INT64 (expected: FP32)");
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.floats("x", Shape.of(-1)))
                    .contains("no negative dimension");
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.floats("x", Shape.of(1L << 62, 4)))
                    .contains("more elements than can be counted");
            Tensor x = Tensors.floats("x", Shape.of(1), 1);
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, x, x).endsWith("is there twice");
        }
    }

    @Test
    void aBooleanIsZeroOrOne() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.BOOL, -1))) {
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.raw("x", DataType.BOOL, Shape.of(3), new byte[] {
                        0, 1, 2
                    }))
                    .isEqualTo("input 'x' for model 'm' has 2 at element 2 (expected: 0 or 1)");
        }
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedByElement() {
        List<byte[]> malformed = List.of(
                new byte[] {(byte) 0xFF},
                new byte[] {'a', (byte) 0xC3},
                new byte[] {(byte) 0xC0, (byte) 0x80},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                ("x".repeat(2000) + "\u00e9").getBytes(StandardCharsets.ISO_8859_1));
        try (LoadedModel model = load(OnnxModels.identity(DataType.BYTES, -1))) {
            for (byte[] element : malformed) {
                assertFailure(
                                model,
                                ErrorCode.INVALID_ARGUMENT,
                                Tensors.bytes("x", Shape.of(2), List.of(new byte[] {'o', 'k'}, element)))
                        .isEqualTo("input 'x' for model 'm' has bytes at element 1 that are not UTF-8");
            }
        }
    }

    @Test
    void elementsThatDoNotFitAreRefused() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.BYTES, -1))) {
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.strings("x", Shape.of(2), "one"))
                    .endsWith("has 1 elements (expected: 2 for [2])");
            byte[] tooLong = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 'a'};
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.raw("x", DataType.BYTES, Shape.of(1), tooLong))
                    .endsWith("ends inside of element 0");
            assertFailure(model, ErrorCode.INVALID_ARGUMENT, Tensors.raw("x", DataType.BYTES, Shape.of(1), new byte[3]))
                    .endsWith("ends inside of element 0");
        }
    }

    @Test
    void aClosedModelRefusesInsteadOfCrashing() {
        LoadedModel model = load(OnnxModels.tiny());
        Runner runner = model.runner(0);
        Tensor x = Tensors.floats("x", Shape.of(1, 4), 1, 2, 3, 4);
        runner.run(List.of(x), List.of());

        model.close();
        model.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> runner.run(List.of(x), List.of()))
                .withMessageEndingWith("is closed");
        assertThatIllegalStateException().isThrownBy(() -> model.runner(1)).withMessage("m/1 is closed");
    }

    private AbstractStringAssert<?> assertFailure(LoadedModel model, ErrorCode code, Tensor... inputs) {
        ServingException[] thrown = new ServingException[1];
        assertThatExceptionOfType(ServingException.class)
                .isThrownBy(() -> model.runner(0).run(List.of(inputs), List.of()))
                .satisfies(e -> thrown[0] = e);
        assertThat(thrown[0].code()).as("%s", thrown[0]).isEqualTo(code);
        return assertThat(thrown[0].reason());
    }
}
