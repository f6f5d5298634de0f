package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/// Models whose bytes are nowhere on the disk.
class InMemoryModelTest extends RuntimeTest {

    @Test
    void aModelIsServedFromMemoryAlone() {
        try (LoadedModel model = load(Map.of("model.onnx", OnnxModels.tiny()))) {
            assertThat(runOne(model, Tensors.floats("x", Shape.of(1, 4), 1, 2, 3, 4))
                            .shape())
                    .isEqualTo(Shape.of(1, 3));
        }
    }

    @Test
    void itsWeightsMayBeInOtherFilesOfTheVersionAndOnlyThoseAreRead() {
        byte[] model = OnnxModels.externalData("weights.bin");
        List<String> read = new ArrayList<>();
        ModelContent content =
                content(Map.of("model.onnx", model, "weights.bin", twoFloats(), "golden.json", new byte[9]), read);
        try (LoadedModel loaded = load(content)) {
            // What it was made of was overwritten and freed by now.
            assertThat(Tensors.floats(runOne(loaded, Tensors.floats("x", Shape.of(2), 1, 1))))
                    .containsExactly(11, 21);
        }
        assertThat(read).containsExactly("model.onnx", "weights.bin");
    }

    @Test
    void manyAndLargeWeightsComeOutAsTheyWere() {
        int count = 100_000;
        ByteBuffer weights = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            weights.putFloat((float) i);
        }
        byte[] model = new Graph("large")
                .input("x", DataType.FP32, count)
                .constant(Graph.externalFloats("w", "deep/weights.bin", count))
                .node("Add", Graph.names("x", "w"), "y")
                .output("y", DataType.FP32, count)
                .toModel();
        try (LoadedModel loaded = load(Map.of("model.onnx", model, "deep/weights.bin", weights.array()))) {
            float[] zeros = new float[count];
            float[] sums = Tensors.floats(runOne(loaded, Tensors.floats("x", Shape.of(count), zeros)));
            for (int i = 0; i < count; i++) {
                assertThat(sums[i]).isEqualTo((float) i);
            }
        }
    }

    @Test
    void weightsThatAreNotOfTheVersionAreNotLookedForOnTheDisk() throws IOException {
        Path beside = Files.write(Path.of("weights-of-nobody.bin").toAbsolutePath(), twoFloats());
        try {
            for (String location : List.of("weights-of-nobody.bin", beside.toString(), "../weights.bin")) {
                assertRefused(Map.of("model.onnx", OnnxModels.externalData(location)))
                        .hasMessageContaining("leaves weights to '" + location + "'");
            }
        } finally {
            Files.delete(beside);
        }
    }

    @Test
    void truncatedWeightsAreRefused() {
        assertRefused(Map.of("model.onnx", OnnxModels.externalData("w"), "w", new byte[3]))
                .hasMessageStartingWith("model.onnx cannot be loaded: ");
    }

    @Test
    void damageIsToldAsOfAFile() {
        byte[] model = OnnxModels.tiny();
        assertRefused(Map.of("model.onnx", Arrays.copyOf(model, model.length / 2)))
                .hasMessageMatching(
                        "model.onnx is truncated: field 7 at byte \\d+ does not fit into the file's \\d+ bytes");
        assertRefused(Map.of("model.onnx", new byte[0])).hasMessage("model.onnx is empty");
    }

    @Test
    void everyTruncationFailsOrLoadsButNothingStaysOpen() {
        byte[] model = OnnxModels.externalData("weights.bin");
        for (int length = 1; length < model.length; length++) {
            try (LoadedModel loaded =
                    load(Map.of("model.onnx", Arrays.copyOf(model, length), "weights.bin", twoFloats()))) {
                assertThat(loaded.signature().inputs()).hasSize(1);
            } catch (ModelLoadException e) {
                assertThat(e.reason()).startsWith("model.onnx ");
            }
            assertThat(handles.total()).as("length %d", length).isZero();
        }
    }

    @Test
    void whatCannotBeReadIsTheReason() {
        ModelContent broken = new ModelContent.InMemory("model.onnx", new TreeSet<>(), (path, arena) -> {
            throw new ModelLoadException("a kept file was encrypted with another key");
        });
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> load(broken))
                .withMessage("a kept file was encrypted with another key");
    }

    private AbstractThrowableAssert<?, ?> assertRefused(Map<String, byte[]> files) {
        return assertThatThrownBy(() -> load(files)).isInstanceOf(ModelLoadException.class);
    }

    private LoadedModel load(Map<String, byte[]> files) {
        return load(content(files, new ArrayList<>()));
    }

    private LoadedModel load(ModelContent content) {
        return loader.load(new Order(KEY, content, Device.CPU, 2, BatchingOrder.STANDARD, 1));
    }

    private static ModelContent content(Map<String, byte[]> files, List<String> read) {
        TreeSet<String> beside = new TreeSet<>(files.keySet());
        beside.remove("model.onnx");
        return new ModelContent.InMemory("model.onnx", beside, (path, arena) -> {
            read.add(path);
            byte[] bytes = Objects.requireNonNull(files.get(path));
            MemorySegment memory = arena.allocate(Math.max(1, bytes.length)).asSlice(0, bytes.length);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return memory;
        });
    }

    private static byte[] twoFloats() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(10)
                .putFloat(20)
                .array();
    }
}
