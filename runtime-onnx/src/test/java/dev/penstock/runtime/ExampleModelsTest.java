package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleModelsTest extends RuntimeTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("penstock.root", ".")).resolve("examples");

    private LoadedModel example(String name, long version) {
        Path file = EXAMPLES.resolve("models")
                .resolve(name)
                .resolve(Long.toString(version))
                .resolve("model.onnx");
        return loader.load(new Order(new ModelKey(name, version), file, Device.CPU, 1));
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void digitsClassifiesItsHeldOutRowsAsWellAsTheTrainingMeasured(long version) throws IOException {
        String request = EXAMPLES.resolve("requests").resolve("digits-heldout").toString();
        int header = Integer.parseInt(
                Files.readString(Path.of(request + ".bin.header-length")).strip());
        ByteBuffer pixels = ByteBuffer.wrap(Files.readAllBytes(Path.of(request + ".bin")))
                .position(header)
                .order(ByteOrder.LITTLE_ENDIAN);
        long[] labels = numbers(Files.readString(Path.of(request + ".labels.json")));
        Shape shape = Shape.of(labels.length, 64);

        try (LoadedModel model = example("digits", version)) {
            List<Tensor> outputs =
                    model.runner(0).run(List.of(new Tensor("image", DataType.FP32, shape, pixels)), List.of("label"));

            long[] predicted = Tensors.longs(outputs.getFirst());
            int correct = 0;
            for (int i = 0; i < labels.length; i++) {
                correct += predicted[i] == labels[i] ? 1 : 0;
            }
            assertThat(correct).isEqualTo(recordedCorrect("digits", version));
        }
    }

    @Test
    void signaturesAreThoseThatTheExamplesDocument() {
        try (LoadedModel digits = example("digits", 2);
                LoadedModel iris = example("iris", 1);
                LoadedModel diabetes = example("diabetes", 1)) {
            assertThat(describe(digits.signature().inputs())).containsExactly("image FP32 [-1,64]");
            assertThat(describe(digits.signature().outputs()))
                    .containsExactly("label INT64 [-1]", "probabilities FP32 [-1,10]");
            assertThat(describe(iris.signature().inputs())).containsExactly("features FP32 [-1,4]");
            assertThat(describe(iris.signature().outputs()))
                    .containsExactly("label INT64 [-1]", "probabilities FP32 [-1,3]");
            assertThat(describe(diabetes.signature().inputs()))
                    .containsExactly(
                            "age FP32 [-1,1]",
                            "sex BYTES [-1,1]",
                            "bmi FP32 [-1,1]",
                            "bp FP32 [-1,1]",
                            "serum FP32 [-1,6]");
            assertThat(describe(diabetes.signature().outputs())).containsExactly("progression FP32 [-1,1]");
        }
    }

    @Test
    void irisTellsItsExampleApart() {
        try (LoadedModel model = example("iris", 1)) {
            Tensor label = runOne(model, Tensors.floats("features", Shape.of(1, 4), 5.8f, 2.6f, 4, 1.2f));

            assertThat(Tensors.longs(label)).containsExactly(1);
        }
    }

    @Test
    void diabetesReadsTextAndNumbersTogether() {
        Shape column = Shape.of(1, 1);
        try (LoadedModel model = example("diabetes", 1)) {
            Tensor progression = runOne(
                    model,
                    Tensors.floats("age", column, 46),
                    Tensors.strings("sex", column, "F"),
                    Tensors.floats("bmi", column, 20.6f),
                    Tensors.floats("bp", column, 73),
                    Tensors.floats("serum", Shape.of(1, 6), 172, 107, 51, 3, 4.2485f, 80));

            assertThat(Tensors.floats(progression)[0]).isBetween(84.4872f, 84.4892f);
        }
    }

    @Test
    void minilmTurnsTokensIntoFiniteVectors() {
        Shape tokens = Shape.of(2, 5);
        long[] ids = {101, 7592, 2088, 102, 0, 101, 2204, 2851, 999, 102};
        long[] ones = new long[10];
        Arrays.fill(ones, 1);
        try (LoadedModel model = example("minilm", 1)) {
            assertThat(model.signature().inputs())
                    .extracting(TensorSpec::name, TensorSpec::type)
                    .containsExactlyInAnyOrder(
                            tuple("input_ids", DataType.INT64),
                            tuple("attention_mask", DataType.INT64),
                            tuple("token_type_ids", DataType.INT64));
            assertThat(describe(model.signature().outputs())).containsExactly("last_hidden_state FP32 [-1,-1,384]");

            Tensor state = runOne(
                    model,
                    Tensors.longs("input_ids", tokens, ids),
                    Tensors.longs("attention_mask", tokens, ones),
                    Tensors.longs("token_type_ids", tokens, new long[10]));

            assertThat(state.shape()).isEqualTo(Shape.of(2, 5, 384));
            for (float value : Tensors.floats(state)) {
                assertThat(value).isFinite();
            }
        }
    }

    private static List<String> describe(List<TensorSpec> specs) {
        return specs.stream()
                .map(spec -> spec.name() + " " + spec.type() + " " + spec.shape())
                .toList();
    }

    private static long[] numbers(String text) {
        return Pattern.compile("\\d+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static int recordedCorrect(String model, long version) throws IOException {
        String accuracy = Files.readString(EXAMPLES.resolve("accuracy.json"));
        Pattern correct = Pattern.compile(
                "\"%s\": \\{.*?\"%d\": \\{.*?\"correct\": (\\d+)".formatted(model, version), Pattern.DOTALL);
        MatchResult found = correct.matcher(accuracy).results().findFirst().orElseThrow();
        return Integer.parseInt(found.group(1));
    }
}
