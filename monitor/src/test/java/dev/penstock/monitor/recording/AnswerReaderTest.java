package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.quality.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private static final List<TensorSpec> INPUT = List.of(TensorSpec.of("x", DataType.FP32, -1, 4));

    @Test
    void ofProbabilitiesTheClassAndItsChance() {
        AnswerReader reader = reader(AnswerReader.Wish.NONE, TensorSpec.of("p", DataType.FP32, -1, 3));

        AnswerReader.Answered read = reader.read(reply(floats("p", 3, 0.2f, 0.7f, 0.1f, 0.5f, 0.25f, 0.25f)), 32);

        assertThat(read.classes()).isEqualTo(3);
        assertThat(read.rows()).containsExactly(new Prediction.Row(1, 0.7f), new Prediction.Row(0, 0.5f));
        assertThat(reader.output()).isEqualTo("p");
    }

    @Test
    void ofTwoClassesTheChanceOfTheSecondOneAndOfOtherScoresTheSoftmax() {
        AnswerReader reader = reader(AnswerReader.Wish.NONE, TensorSpec.of("logits", DataType.FP32, -1, 2));

        AnswerReader.Answered read = reader.read(reply(floats("logits", 2, 2f, -1f, -3f, 1f)), 1);

        assertThat(read.classes()).isEqualTo(2);
        assertThat(read.rows()).hasSize(1);
        assertThat(read.rows().getFirst().predicted()).isZero();
        assertThat((double) read.rows().getFirst().score()).isCloseTo(1 / (1 + Math.exp(3)), within(1e-6));
    }

    @Test
    void scoresGoBeforeIntegersAndThoseBeforeNumbers() {
        TensorSpec label = TensorSpec.of("label", DataType.INT64, -1);
        TensorSpec scores = TensorSpec.of("p", DataType.FP32, -1, 2);
        TensorSpec value = TensorSpec.of("v", DataType.FP32, -1);
        InferenceReply all =
                reply(integers("label", 5, 6), floats("p", 2, 0.1f, 0.9f, 0.8f, 0.2f), floats("v", 1, 7f, 8f));

        assertThat(reader(AnswerReader.Wish.NONE, label, scores, value)
                        .read(all, 9)
                        .rows())
                .extracting(Prediction.Row::predicted)
                .containsExactly(1, 0);
        assertThat(reader(AnswerReader.Wish.NONE, label, value).read(all, 9).rows())
                .containsExactly(new Prediction.Row(5, Float.NaN), new Prediction.Row(6, Float.NaN));
        AnswerReader.Wish number = new AnswerReader.Wish(Task.REGRESSION, "", 0.5, List.of());
        AnswerReader.Answered read = reader(number, label, scores, value).read(all, 9);
        assertThat(read.classes()).isEqualTo(Prediction.NUMBER);
        assertThat(read.rows()).containsExactly(new Prediction.Row(-1, 7f), new Prediction.Row(-1, 8f));
        AnswerReader.Wish named = new AnswerReader.Wish(null, "label", 0.5, List.of());
        assertThat(reader(named, label, scores).read(all, 9).rows().getFirst().predicted())
                .isEqualTo(5);
    }

    @Test
    void aNumberMayBeTheChanceOfTheSecondOfTwoClasses() {
        AnswerReader.Wish binary = new AnswerReader.Wish(Task.BINARY, "", 0.8, List.of());
        AnswerReader reader = reader(binary, TensorSpec.of("p", DataType.FP32, -1, 1));

        AnswerReader.Answered read = reader.read(reply(floats("p", 1, 0.7f, 0.8f, Float.NaN)), 32);

        assertThat(read.classes()).isEqualTo(2);
        assertThat(read.rows())
                .containsExactly(
                        new Prediction.Row(0, 0.7f), new Prediction.Row(1, 0.8f), new Prediction.Row(-1, Float.NaN));
    }

    @Test
    void namesOfClassesAreReadAsTheirIndex() {
        AnswerReader.Wish names = new AnswerReader.Wish(null, "", 0.5, List.of("cat", "größe"));
        AnswerReader reader = reader(names, TensorSpec.of("what", DataType.BYTES, -1));

        AnswerReader.Answered read = reader.read(reply(texts("what", "größe", "cow", "cat")), 32);

        assertThat(read.classes()).isEqualTo(2);
        assertThat(read.rows()).extracting(Prediction.Row::predicted).containsExactly(1, -1, 0);
        assertThat(reader.index("größe")).isEqualTo(1);
        assertThat(reader.index("1")).isEqualTo(1);
        assertThat(reader.index("cow")).isEqualTo(-1);
    }

    @Test
    void whatTheCallerDidNotAskForSaysNothingButRowsAreStillThere() {
        AnswerReader reader = reader(
                AnswerReader.Wish.NONE,
                TensorSpec.of("p", DataType.FP32, -1, 3),
                TensorSpec.of("v", DataType.FP32, -1));

        AnswerReader.Answered without = reader.read(reply(floats("v", 1, 7f, 8f)), 32);
        assertThat(without.classes()).isEqualTo(Prediction.UNKNOWN);
        assertThat(without.rows()).containsExactly(Prediction.Row.NOTHING, Prediction.Row.NOTHING);
        assertThat(reader.output()).isEmpty();

        InferenceReply whole = reply(floats("p", 3, 0f, 0f, 1f), floats("v", 1, 7f));
        assertThat(reader.read(whole, 32).rows()).containsExactly(new Prediction.Row(2, 1f));
        assertThat(reader.read(reply(floats("v", 1, 7f)), 32).rows()).containsExactly(Prediction.Row.NOTHING);
    }

    @Test
    void rowsOfAnyLengthAreTakenAsTheFirstAnswerHasThem() {
        AnswerReader reader = reader(AnswerReader.Wish.NONE, TensorSpec.of("p", DataType.FP32, -1, -1));

        assertThat(reader.read(reply(floats("p", 2, 0.4f, 0.6f)), 32).classes()).isEqualTo(2);
        assertThat(reader.read(reply(floats("p", 2, Float.NaN, 0.6f)), 32).rows())
                .containsExactly(Prediction.Row.NOTHING);
    }

    @Test
    void theOutputThatIsNamedIsReadWhateverElseTheModelMayAnswer() {
        TensorSpec open = TensorSpec.of("p", DataType.FP32, -1, -1);
        TensorSpec label = TensorSpec.of("label", DataType.INT64, -1);
        AnswerReader.Wish named = new AnswerReader.Wish(null, "label", 0.5, List.of());
        InferenceReply without = reply(integers("label", 5));

        assertThat(reader(named, open, label).read(without, 9).rows())
                .containsExactly(new Prediction.Row(5, Float.NaN));
        assertThat(reader(AnswerReader.Wish.NONE, open, label).read(without, 9).rows())
                .containsExactly(Prediction.Row.NOTHING);
    }

    @Test
    void whatNobodyAsksForIsNotWaitedForEver() {
        TensorSpec open = TensorSpec.of("p", DataType.FP32, -1, -1);
        TensorSpec scores = TensorSpec.of("q", DataType.FP32, -1, 3);
        TensorSpec label = TensorSpec.of("label", DataType.INT64, -1);
        AnswerReader reader = reader(AnswerReader.Wish.NONE, open, scores, label);
        InferenceReply without = reply(integers("label", 5));
        for (int i = 0; i < AnswerReader.PATIENCE; i++) {
            assertThat(reader.read(without, 9).rows()).containsExactly(Prediction.Row.NOTHING);
        }

        assertThat(reader.read(without, 9).rows()).containsExactly(new Prediction.Row(5, Float.NaN));
        assertThat(reader.output()).isEqualTo("label");
    }

    @Test
    void anAnswerThatNeverTellsIsLookedAtSeldom() {
        AnswerReader reader = reader(AnswerReader.Wish.NONE, TensorSpec.of("p", DataType.FP32, -1, 3));
        InferenceReply nothing = reply(floats("p", 3, Float.NaN, 1f, 0f));
        InferenceReply numbers = reply(floats("p", 3, 0f, 1f, 0f));
        for (int i = 0; i <= AnswerReader.PATIENCE; i++) {
            assertThat(reader.read(nothing, 9).rows()).containsExactly(Prediction.Row.NOTHING);
        }

        int unread = 0;
        while (reader.read(numbers, 9).rows().contains(Prediction.Row.NOTHING)) {
            unread++;
        }
        assertThat(unread).isBetween(1, AnswerReader.SELDOM);
        assertThat(reader.output()).isEqualTo("p");
    }

    @Test
    void aSignatureTellsWhatCanNeverBeRead() {
        TensorSpec vector = TensorSpec.of("embedding", DataType.FP32, -1, 128);
        TensorSpec text = TensorSpec.of("text", DataType.BYTES, -1);
        TensorSpec scores = TensorSpec.of("p", DataType.FP32, -1, 3);
        TensorSpec open = TensorSpec.of("o", DataType.FP32, -1, -1);
        AnswerReader.Wish names = new AnswerReader.Wish(null, "", 0.5, List.of("cat", "dog"));
        AnswerReader.Wish other = new AnswerReader.Wish(null, "what", 0.5, List.of());

        assertThat(reader(AnswerReader.Wish.NONE, vector, text).isReadable()).isFalse();
        assertThat(reader(names, vector, text).isReadable()).isTrue();
        assertThat(reader(AnswerReader.Wish.NONE, vector, scores).isReadable()).isTrue();
        assertThat(reader(AnswerReader.Wish.NONE, open).isReadable()).isTrue();
        assertThat(reader(other, scores).isReadable()).isFalse();
        assertThat(reader(AnswerReader.Wish.NONE, vector)
                        .read(reply(floats("embedding", 128, new float[256])), 9)
                        .rows())
                .containsExactly(Prediction.Row.NOTHING, Prediction.Row.NOTHING);
    }

    private static AnswerReader reader(AnswerReader.Wish wish, TensorSpec... outputs) {
        return new AnswerReader(new Signature(INPUT, List.of(outputs), 0), wish);
    }

    private static InferenceReply reply(Tensor... outputs) {
        return new InferenceReply(new ModelKey("m", 1), List.of(outputs));
    }

    private static Tensor floats(String name, int columns, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        long rows = values.length / columns;
        Shape shape = columns == 1 ? Shape.of(rows) : Shape.of(rows, columns);
        return new Tensor(name, DataType.FP32, shape, data.flip());
    }

    private static Tensor integers(String name, long... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            data.putLong(value);
        }
        return new Tensor(name, DataType.INT64, Shape.of(values.length), data.flip());
    }

    private static Tensor texts(String name, String... values) {
        ByteBuffer data = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        for (String value : values) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            data.putInt(text.length).put(text);
        }
        return new Tensor(name, DataType.BYTES, Shape.of(values.length), data.flip());
    }
}
