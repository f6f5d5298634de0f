package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class RunnerDataTest extends RuntimeTest {
    private static final long SEED = 20_260_102;

    @ParameterizedTest
    @EnumSource(
            names = {"UINT16", "UINT32", "UINT64", "BYTES"},
            mode = Mode.EXCLUDE)
    void everyFixedSizeTypeComesBackBitForBit(DataType type) {
        byte[] bytes = new byte[6 * type.byteSize()];
        new Random(SEED).nextBytes(bytes);
        if (type == DataType.BOOL) {
            bytes = new byte[] {0, 1, 1, 0, 0, 1};
        }

        try (LoadedModel model = load(OnnxModels.identity(type, -1, 3))) {
            assertThat(model.signature().inputs())
                    .containsExactly(new TensorSpec("x", type, Shape.of(-1, 3), List.of("batch", ""), false));

            Tensor y = runOne(model, Tensors.raw("x", type, Shape.of(2, 3), bytes));

            assertThat(y.name()).isEqualTo("y");
            assertThat(y.type()).isEqualTo(type);
            assertThat(y.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(Tensors.bytes(y)).as("seed %d", SEED).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"UINT16", "UINT32", "UINT64"},
            mode = Mode.EXCLUDE)
    void tensorsWithoutElementsPassThroughEveryType(DataType type) {
        try (LoadedModel model = load(OnnxModels.identity(type, -1, 3))) {
            Tensor y = runOne(model, Tensors.raw("x", type, Shape.of(0, 3)));

            assertThat(y.shape()).isEqualTo(Shape.of(0, 3));
            assertThat(y.byteCount()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT8", "UINT16", "UINT32", "UINT64"})
    void unsignedOutputsKeepTheirTypeAndBits(DataType type) {
        try (LoadedModel model = load(OnnxModels.cast(DataType.INT64, type))) {
            assertThat(model.signature().outputs().getFirst().type()).isEqualTo(type);

            Tensor y = runOne(model, Tensors.longs("x", Shape.of(2), 1, -1));

            byte[] expected = new byte[2 * type.byteSize()];
            Arrays.fill(expected, type.byteSize(), expected.length, (byte) 0xFF);
            expected[0] = 1;
            assertThat(y.type()).isEqualTo(type);
            assertThat(Tensors.bytes(y)).isEqualTo(expected);
        }
    }

    @Test
    void inputsMayLieAnywhereInMemory() {
        Tensor heap = Tensors.floats("x", Shape.of(1, 3), 1, 2, 3);
        byte[] bytes = Tensors.bytes(heap);
        try (LoadedModel model = load(OnnxModels.identity(DataType.FP32, -1, 3))) {
            for (int offset = 0; offset < 9; offset++) {
                for (ByteBuffer memory : List.of(ByteBuffer.allocateDirect(64), ByteBuffer.allocate(64))) {
                    memory.put(offset, bytes).position(offset).limit(offset + bytes.length);
                    ByteBuffer data = memory.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);

                    Tensor y = runOne(model, new Tensor("x", DataType.FP32, heap.shape(), data));
                    Tensor sliced = runOne(
                            model,
                            new Tensor(
                                    "x",
                                    DataType.FP32,
                                    heap.shape(),
                                    data.slice().order(ByteOrder.LITTLE_ENDIAN)));

                    assertThat(Tensors.floats(y))
                            .as("offset %d of %s", offset, memory)
                            .containsExactly(1, 2, 3);
                    assertThat(Tensors.floats(sliced)).containsExactly(1, 2, 3);
                    assertThat(data.position()).isEqualTo(offset);
                }
            }
        }
    }

    @Test
    void outputsDoNotShareMemoryWithInputsOrLaterRuns() {
        ByteBuffer direct = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
        try (LoadedModel model = load(OnnxModels.identity(DataType.FP32, -1))) {
            direct.putFloat(0, 1);
            Tensor first = runOne(model, new Tensor("x", DataType.FP32, Shape.of(1), direct));
            direct.putFloat(0, 2);
            Tensor second = runOne(model, new Tensor("x", DataType.FP32, Shape.of(1), direct));

            assertThat(Tensors.floats(first)).containsExactly(1);
            assertThat(Tensors.floats(second)).containsExactly(2);
        }
    }

    @Test
    void inputMemoryGrowsWithTheRequestAndLargeMemoryIsGivenBack() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.UINT8, -1))) {
            for (int size : new int[] {1, 300, 257, StagingBuffer.MAX_KEPT_BYTES}) {
                assertThat(runOne(model, Tensors.raw("x", DataType.UINT8, Shape.of(size), new byte[size]))
                                .byteCount())
                        .isEqualTo(size);
                assertThat(handles.live()).containsEntry("buffer", 1L);
            }

            int large = StagingBuffer.MAX_KEPT_BYTES + 1;
            runOne(model, Tensors.raw("x", DataType.UINT8, Shape.of(large), new byte[large]));

            assertThat(handles.live()).containsEntry("buffer", 0L);
        }
    }

    @Test
    void stringsKeepTheirBytes() {
        String[] words = {"", "plain", "é", "\u20ac", "\ud83d\ude00", "a\0b", "\0", "line\nbreak", "x".repeat(5000)};
        try (LoadedModel model = load(OnnxModels.identity(DataType.BYTES, -1, 3))) {
            Tensor x = Tensors.strings("x", Shape.of(3, 3), words);
            ByteBuffer direct =
                    ByteBuffer.allocateDirect((int) x.byteCount() + 1).order(ByteOrder.LITTLE_ENDIAN);
            direct.position(1).put(x.data().duplicate()).position(1);

            Tensor fromHeap = runOne(model, x);
            Tensor fromDirect = runOne(model, new Tensor("x", DataType.BYTES, x.shape(), direct));

            assertThat(Tensors.strings(fromHeap)).containsExactly(words);
            assertThat(Tensors.bytes(fromHeap)).isEqualTo(Tensors.bytes(x));
            assertThat(Tensors.bytes(fromDirect)).isEqualTo(Tensors.bytes(x));
            assertThat(fromHeap.shape()).isEqualTo(Shape.of(3, 3));
        }
    }

    @Test
    void aModelRecognisesEveryCharacterOfItsVocabulary() {
        String[] words = {"a", "é", "\ud83d\ude00", "b\0c"};
        try (LoadedModel model = load(OnnxModels.vocabulary(words))) {
            Tensor y = runOne(model, Tensors.strings("x", Shape.of(5), "b\0c", "\ud83d\ude00", "é", "a", "b"));

            assertThat(Tensors.longs(y)).containsExactly(3, 2, 1, 0, -1);
        }
    }

    @Test
    void aModelAnswersItsOwnWordsUnchanged() {
        String[] words = {"a", "é", "\ud83d\ude00", "b\0c"};
        try (LoadedModel model = load(OnnxModels.words(words))) {
            assertThat(Tensors.strings(runOne(model, Tensors.longs("x", Shape.of(4), 0, 1, 2, 3))))
                    .containsExactly(words);
        }
    }

    @Test
    void aScalarIsTakenAsScalarOrAsOneElement() {
        try (LoadedModel model = load(OnnxModels.scalarInput())) {
            Tensor fromScalar = runOne(model, Tensors.floats("x", Shape.of(), 4));
            Tensor fromElement = runOne(model, Tensors.floats("x", Shape.of(1), 5));

            assertThat(fromScalar.shape()).isEqualTo(Shape.of());
            assertThat(Tensors.floats(fromScalar)).containsExactly(8);
            assertThat(fromElement.shape()).isEqualTo(Shape.of());
            assertThat(Tensors.floats(fromElement)).containsExactly(10);
        }
    }

    @Test
    void aStringScalarIsTakenToo() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.BYTES))) {
            assertThat(Tensors.strings(runOne(model, Tensors.strings("x", Shape.of(1), "one"))))
                    .containsExactly("one");
        }
    }

    @Test
    void inputsAreToldApartByNameNotByOrder() {
        Tensor a = Tensors.floats("a", Shape.of(2, 2), 1, 2, 3, 4);
        Tensor b = Tensors.floats("b", Shape.of(2, 2), 10, 20, 30, 40);
        try (LoadedModel model = load(OnnxModels.add(2))) {
            assertThat(Tensors.floats(runOne(model, a, b))).containsExactly(11, 22, 33, 44);
            assertThat(Tensors.floats(runOne(model, b, a))).containsExactly(11, 22, 33, 44);
        }
    }

    @Test
    void outputsComeInTheRequestsOrderOrElseTheModels() {
        List<Tensor> x = List.of(Tensors.floats("x", Shape.of(1, 2), 1, 2));
        try (LoadedModel model = load(OnnxModels.twoOutputs())) {
            assertThat(model.runner(0).run(x, List.of()))
                    .extracting(Tensor::name)
                    .containsExactly("double", "negative");
            assertThat(model.runner(0).run(x, List.of("negative", "double")))
                    .extracting(Tensor::name)
                    .containsExactly("negative", "double");

            List<Tensor> one = model.runner(0).run(x, List.of("negative"));
            assertThat(one).hasSize(1);
            assertThat(Tensors.floats(one.getFirst())).containsExactly(-1, -2);
        }
    }
}
