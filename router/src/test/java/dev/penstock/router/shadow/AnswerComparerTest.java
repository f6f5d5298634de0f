package dev.penstock.router.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerComparerTest {
    private static final ModelKey PRIMARY = new ModelKey("m", 1);
    private static final ModelKey SHADOW = new ModelKey("m", 2);

    private static final Signature CLASSES = signature("scores", DataType.FP32, 3);
    private static final Signature NUMBER = signature("price", DataType.FP64, 1);

    private static Signature signature(String output, DataType type, int elements) {
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 2)),
                List.of(TensorSpec.of(output, type, -1, elements)),
                8);
    }

    private static Tensor floats(String name, int columns, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, Shape.of(values.length / columns, columns), data.flip());
    }

    private static Tensor doubles(String name, double... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            data.putDouble(value);
        }
        return new Tensor(name, DataType.FP64, Shape.of(values.length, 1), data.flip());
    }

    private static Compared compare(Signature signature, double tolerance, Tensor primary, Tensor shadow) {
        return new AnswerComparer(signature, signature, tolerance)
                .compare(new InferenceReply(PRIMARY, List.of(primary)), new InferenceReply(SHADOW, List.of(shadow)));
    }

    @Test
    void answersThatNameTheSameClassesAgreeHoweverSure() {
        Compared result = compare(
                CLASSES,
                0,
                floats("scores", 3, 0.7f, 0.2f, 0.1f, 0.1f, 0.1f, 0.8f),
                floats("scores", 3, 0.4f, 0.3f, 0.3f, 0.2f, 0.3f, 0.5f));

        assertThat(result.verdict()).isEqualTo(Compared.Verdict.AGREE);
        assertThat(result.labels()).containsExactly(new Compared.Labels(0, 0), new Compared.Labels(2, 2));
        assertThat(result.largest()).isCloseTo(0.3, within(1e-6));
        assertThat(result.mean()).isCloseTo(0, within(1e-6));
    }

    @Test
    void oneRowOfAnotherClassIsADisagreement() {
        Compared result = compare(
                CLASSES,
                1,
                floats("scores", 3, 0.7f, 0.2f, 0.1f, 0.1f, 0.1f, 0.8f),
                floats("scores", 3, 0.7f, 0.2f, 0.1f, 0.8f, 0.1f, 0.1f));

        assertThat(result.verdict()).isEqualTo(Compared.Verdict.DISAGREE);
        assertThat(result.labels()).containsExactly(new Compared.Labels(0, 0), new Compared.Labels(2, 0));
    }

    @Test
    void numbersAgreeWithinTheTolerance() {
        assertThat(compare(NUMBER, 0.5, doubles("price", 1, 2), doubles("price", 1.5, 1.5))
                        .verdict())
                .isEqualTo(Compared.Verdict.AGREE);
        Compared apart = compare(NUMBER, 0.5, doubles("price", 1, 1), doubles("price", 1, 2));
        assertThat(apart.verdict()).isEqualTo(Compared.Verdict.DISAGREE);
        assertThat(apart.labels()).isEmpty();
        assertThat(apart.largest()).isEqualTo(1);
        assertThat(apart.mean()).isEqualTo(0.5);
    }

    /// What is exact enough depends on how much it is.
    @Test
    void largeNumbersAgreeWithinAPartOfThem() {
        assertThat(compare(NUMBER, 0.02, doubles("price", 250_000), doubles("price", 254_999))
                        .verdict())
                .isEqualTo(Compared.Verdict.AGREE);
        Compared apart = compare(NUMBER, 0.02, doubles("price", -250_000), doubles("price", -255_001));
        assertThat(apart.verdict()).isEqualTo(Compared.Verdict.DISAGREE);
        assertThat(apart.largest()).isEqualTo(5_001);
        assertThat(compare(NUMBER, 0.02, doubles("price", 0.5), doubles("price", 0.519))
                        .verdict())
                .isEqualTo(Compared.Verdict.AGREE);
        assertThat(compare(NUMBER, 0, doubles("price", 250_000), doubles("price", Math.nextUp(250_000.0)))
                        .verdict())
                .isEqualTo(Compared.Verdict.DISAGREE);
    }

    @Test
    void noNumberAgreesWithNoNumberAlone() {
        assertThat(compare(NUMBER, 0, doubles("price", Double.NaN), doubles("price", Double.NaN))
                        .verdict())
                .isEqualTo(Compared.Verdict.AGREE);
        Compared one = compare(NUMBER, 1e300, doubles("price", Double.NaN), doubles("price", 1));
        assertThat(one.verdict()).isEqualTo(Compared.Verdict.DISAGREE);
        assertThat(one.largest()).isInfinite();
        assertThat(one.mean()).isNaN();
    }

    @Test
    void otherRowsTypesOrNamesCannotBeCompared() {
        assertThat(compare(NUMBER, 0, doubles("price", 1), doubles("price", 1, 2)))
                .isEqualTo(Compared.UNLIKE);
        assertThat(compare(NUMBER, 0, doubles("price", 1), doubles("cost", 1))).isEqualTo(Compared.UNLIKE);
        assertThat(compare(NUMBER, 0, doubles("price", 1), floats("price", 1, 1)))
                .isEqualTo(Compared.UNLIKE);
    }
}
