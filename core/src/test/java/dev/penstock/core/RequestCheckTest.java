package dev.penstock.core;

import static dev.penstock.core.Requests.floats;
import static dev.penstock.core.Requests.strings;
import static dev.penstock.core.Requests.wanting;
import static dev.penstock.core.Requests.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestCheckTest {
    private static final Signature PAIR = new Signature(
            List.of(
                    new TensorSpec("a", DataType.FP32, Shape.of(-1, 2), List.of("batch", ""), false),
                    new TensorSpec("b", DataType.FP32, Shape.of(-1, 2), List.of("batch", ""), false)),
            List.of(TensorSpec.of("sum", DataType.FP32, -1, 2)),
            0);
    private static final Signature WORDS = new Signature(
            List.of(TensorSpec.of("text", DataType.BYTES, -1)), List.of(TensorSpec.of("out", DataType.FP32, -1)), 0);
    private static final Tensor A = floats("a", Shape.of(1, 2), 1, 2);
    private static final Tensor B = floats("b", Shape.of(1, 2), 3, 4);

    @Test
    void aFittingRequestPasses() {
        assertThat(RequestCheck.check("m", PAIR, Requests.of(A, B))).isEqualTo(1);
        assertThat(RequestCheck.check("m", PAIR, wanting(List.of("sum"), B, A))).isEqualTo(1);
    }

    @Test
    void aMissingInputIsNamed() {
        assertRefused(
                PAIR,
                Requests.of(A),
                "expected 2 inputs but got 1 inputs for model 'm'. Got input(s) ['a'], but missing required input(s)"
                        + " ['b']. Please provide all required input(s).");
    }

    @Test
    void anUnexpectedInputIsNamed() {
        Tensor c = floats("c", Shape.of(1, 2), 1, 2);

        assertRefused(PAIR, Requests.of(A, B, c), "unexpected inference input 'c' for model 'm'");
    }

    @Test
    void aDuplicateInputIsNamed() {
        assertRefused(PAIR, Requests.of(A, A, B), "duplicate inference input 'a' for model 'm'");
    }

    @Test
    void aWrongTypeSaysBoth() {
        assertRefused(
                PAIR,
                Requests.of(A, zeros("b", DataType.FP64, 16, 1, 2)),
                "inference input 'b' data-type is 'FP64', but model 'm' expects 'FP32'");
    }

    @Test
    void aWrongRankSaysBoth() {
        assertRefused(
                PAIR,
                Requests.of(A, floats("b", Shape.of(2), 1, 2)),
                "unexpected shape for input 'b' for model 'm'. Expected [-1,2], got [2]."
                        + " NOTE: it has 1 dimensions (expected: 2, [batch,2])");
    }

    @Test
    void aWrongDimensionSaysWhich() {
        assertRefused(
                PAIR,
                Requests.of(A, floats("b", Shape.of(1, 3), 1, 2, 3)),
                "unexpected shape for input 'b' for model 'm'. Expected [-1,2], got [1,3]."
                        + " NOTE: dimension 1 is 3 (expected: 2, [batch,2])");
    }

    @Test
    void aNegativeDimensionIsNotTakenForAnySize() {
        assertRefused(
                PAIR,
                Requests.of(A, zeros("b", DataType.FP32, 8, -1, 2)),
                "All input dimensions should be specified for input 'b' for model 'm', got [-1,2]");
    }

    @Test
    void anOverflowingShapeIsRefused() {
        assertRefused(
                PAIR,
                Requests.of(A, zeros("b", DataType.FP32, 8, Long.MAX_VALUE, 2)),
                "shape [9223372036854775807,2] of input 'b' for model 'm' has more elements than can be counted");
        assertRefused(
                PAIR,
                Requests.of(A, zeros("b", DataType.FP32, 8, Long.MAX_VALUE / 4, 2)),
                "shape [2305843009213693951,2] of input 'b' for model 'm' has more elements than can be counted");
    }

    @Test
    void oneByteTooManyOrTooFewIsRefused() {
        for (int bytes : new int[] {7, 9, 0}) {
            assertRefused(
                    PAIR,
                    Requests.of(A, zeros("b", DataType.FP32, bytes, 1, 2)),
                    "unexpected size for input 'b' for model 'm', expecting 8 bytes ([1,2] of FP32), got " + bytes);
        }
    }

    @Test
    void dimensionsOfOneNameMustAgree() {
        assertRefused(
                PAIR,
                Requests.of(A, floats("b", Shape.of(2, 2), 1, 2, 3, 4)),
                "dimension 0 ('batch') of input 'b' for model 'm' is 2, but of input 'a' it is 1");
    }

    @Test
    void anUnknownOrDoubledOutputIsNamed() {
        assertRefused(PAIR, wanting(List.of("diff"), A, B), "unexpected inference output 'diff' for model 'm'");
        assertRefused(PAIR, wanting(List.of("sum", "sum"), A, B), "duplicate inference output 'sum' for model 'm'");
    }

    @Test
    void anOptionalInputMayBeLeftOut() {
        Signature signature = new Signature(
                List.of(
                        TensorSpec.of("a", DataType.FP32, -1, 2),
                        new TensorSpec("b", DataType.FP32, Shape.of(1), List.of(""), true)),
                List.of(),
                0);

        assertThat(RequestCheck.check("m", signature, Requests.of(A))).isEqualTo(1);
    }

    @Test
    void aScalarMayBeSentAsOneElement() {
        Signature signature = new Signature(List.of(TensorSpec.of("rate", DataType.INT64)), List.of(), 0);

        assertThat(RequestCheck.check("m", signature, Requests.of(zeros("rate", DataType.INT64, 8))))
                .isEqualTo(1);
        assertThat(RequestCheck.check("m", signature, Requests.of(zeros("rate", DataType.INT64, 8, 1))))
                .isEqualTo(1);
        assertThatThrownBy(() -> RequestCheck.check("m", signature, Requests.of(zeros("rate", DataType.INT64, 16, 2))))
                .hasMessageContaining("unexpected shape for input 'rate'");
    }

    @Test
    void rowsAreCountedAndLimitedWhereTheModelIsBatched() {
        Signature batched = new Signature(List.of(TensorSpec.of("a", DataType.FP32, -1, 2)), List.of(), 2);

        assertThat(RequestCheck.check("m", batched, Requests.of(floats("a", Shape.of(2, 2), 1, 2, 3, 4))))
                .isEqualTo(2);
        assertRefused(
                batched,
                Requests.of(zeros("a", DataType.FP32, 24, 3, 2)),
                "inference request batch-size must be <= 2 for 'm' and >= 1, got 3");
        assertRefused(
                batched,
                Requests.of(zeros("a", DataType.FP32, 0, 0, 2)),
                "inference request batch-size must be <= 2 for 'm' and >= 1, got 0");
    }

    @Test
    void batchedInputsHaveEqualRows() {
        Signature batched = new Signature(
                List.of(TensorSpec.of("a", DataType.FP32, -1, 2), TensorSpec.of("b", DataType.FP32, -1, 2)),
                List.of(),
                4);

        assertRefused(
                batched,
                Requests.of(A, floats("b", Shape.of(2, 2), 1, 2, 3, 4)),
                "input 'b' batch size does not match other inputs for 'm': 2 and 1");
    }

    @Test
    void stringsAreCountedElementByElement() {
        assertThat(RequestCheck.check("m", WORDS, Requests.of(strings("text", Shape.of(3), "one", "", "drei ✓"))))
                .isEqualTo(1);
        assertRefused(
                WORDS,
                Requests.of(strings("text", Shape.of(3), "one", "two")),
                "unexpected size for input 'text' for model 'm', expecting 3 elements, got 2");
    }

    @Test
    void aStringThatIsCutShortIsNamed() {
        Tensor cut = strings("text", Shape.of(2), "one", "two");
        ByteBuffer shorter =
                cut.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).limit(12);

        assertRefused(
                WORDS,
                Requests.of(new Tensor("text", DataType.BYTES, Shape.of(2), shorter)),
                "element 1 of input 'text' for model 'm' is incomplete: 5 bytes left at byte 7, its length says 3");
    }

    @Test
    void aStringOfFourGigabytesIsNotBelieved() {
        ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0, -1);

        assertRefused(
                WORDS,
                Requests.of(new Tensor("text", DataType.BYTES, Shape.of(1), data)),
                "element 0 of input 'text' for model 'm' is incomplete: 8 bytes left at byte 0, its length says"
                        + " 4294967295");
    }

    private static void assertRefused(Signature signature, InferenceRequest request, String message) {
        assertThatThrownBy(() -> RequestCheck.check("m", signature, request))
                .isInstanceOf(ServingException.class)
                .hasMessage(message)
                .extracting(e -> ((ServingException) e).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
}
