package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Shape;
import dev.penstock.core.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxLoaderTest extends RuntimeTest {
    private static final long SEED = 1;

    @Test
    void theSignatureIsTheFilesOwn() {
        try (LoadedModel model = load(OnnxModels.add(3))) {
            assertThat(model.key()).isEqualTo(KEY);
            assertThat(model.signature().maxBatchSize()).isZero();
            assertThat(model.signature().inputs())
                    .containsExactly(
                            new TensorSpec("a", DataType.FP32, Shape.of(-1, 3), List.of("batch", ""), false),
                            new TensorSpec("b", DataType.FP32, Shape.of(-1, 3), List.of("batch", ""), false));
            assertThat(model.signature().outputs()).extracting(TensorSpec::name).containsExactly("sum");
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertRefused(repository.resolve("model.onnx")).isEqualTo("model.onnx does not exist");
    }

    @Test
    void aFolderIsNoModel() throws IOException {
        assertRefused(Files.createDirectory(repository.resolve("model.onnx")))
                .isEqualTo("model.onnx is not a regular file");
    }

    @Test
    void anEmptyFileIsNoModel() {
        assertRefused(write(new byte[0])).isEqualTo("model.onnx is empty");
    }

    @Test
    void aTruncatedModelIsCalledTruncated() {
        byte[] model = OnnxModels.tiny();

        assertRefused(write(Arrays.copyOf(model, model.length / 2)))
                .matches("model.onnx is truncated: field 7 at byte \\d+ does not fit into the file's \\d+ bytes");
    }

    @Test
    void everyTruncationFailsOrLoadsButNothingStaysOpen() {
        byte[] model = OnnxModels.tiny();
        for (int length = 1; length < model.length; length++) {
            Path file = write(Arrays.copyOf(model, length));
            try (LoadedModel loaded = load(file, Device.CPU)) {
                assertThat(loaded.signature().inputs()).hasSize(1);
            } catch (ModelLoadException e) {
                assertThat(e.reason()).startsWith("model.onnx ").doesNotContain("\n");
            }
            assertThat(handles.total()).as("length %d", length).isZero();
        }
    }

    @Test
    void randomBytesAreNoModel() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50; round++) {
            byte[] bytes = new byte[1 + random.nextInt(500)];
            random.nextBytes(bytes);
            assertRefused(write(bytes)).as("round %d of seed %d", round, SEED).startsWith("model.onnx ");
        }
        assertRefused(write("not a model at all".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("model.onnx is not an ONNX model: no field of one begins at byte 0 of 18");
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT16", "UINT32", "UINT64"})
    void unsignedInputsAreRefusedBecauseTheBindingCannotMakeThem(DataType type) {
        assertRefused(write(OnnxModels.identity(type, -1)))
                .startsWith("input 'x' is " + type + ", which ONNX Runtime's Java binding cannot create");
    }

    @Test
    void elementTypesOutsideTheProtocolAreRefused() {
        assertRefused(write(OnnxModels.identity(Graph.FLOAT8E4M3FN, -1)))
                .startsWith("input 'x' has element type FLOAT8E4M3FN, which cannot be served");
        assertRefused(write(OnnxModels.identity(Graph.INT4, -1))).startsWith("model.onnx cannot be loaded: ");
    }

    @Test
    void sequencesAreRefusedWithTheWayOut() {
        assertRefused(write(OnnxModels.zipMap()))
                .isEqualTo("output 'y' is a sequence of maps, and only tensors can be served: export the model with"
                        + " tensors (scikit-learn: zipmap=False)");
        assertRefused(write(OnnxModels.sequenceOutput())).startsWith("output 'y' is a sequence, and only tensors");
        assertRefused(write(OnnxModels.sequenceInput())).startsWith("input 'x' is a sequence, and only tensors");
    }

    @Test
    void moreDimensionsThanTheProtocolHasAreRefused() {
        assertRefused(write(OnnxModels.identity(DataType.FP32, 1, 1, 1, 1, 1, 1, 1, 1, 1)))
                .isEqualTo("input 'x' has 9 dimensions (expected: at most 8)");
    }

    @Test
    void weightsMayLieBesideTheModel() throws IOException {
        Path file = write(OnnxModels.externalData("weights.bin"));
        Files.write(file.resolveSibling("weights.bin"), twoFloats());

        try (LoadedModel model = load(file, Device.CPU)) {
            assertThat(Tensors.floats(runOne(model, Tensors.floats("x", Shape.of(2), 1, 1))))
                    .containsExactly(11, 21);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../weights.bin", "../../../weights.bin", "absolute", "link.bin"})
    void weightsOutsideOfTheModelsFolderAreNotRead(String location) throws IOException {
        Path weights = Files.write(repository.resolve("weights.bin"), twoFloats());
        Files.createDirectories(repository.resolve("m"));
        Files.write(repository.resolve("m").resolve("weights.bin"), twoFloats());
        Path file = write(OnnxModels.externalData(
                location.equals("absolute") ? weights.toAbsolutePath().toString() : location));
        Files.createSymbolicLink(file.resolveSibling("link.bin"), weights.toAbsolutePath());

        assertRefused(file)
                .startsWith("model.onnx cannot be loaded: ")
                .containsAnyOf("escapes model directory", "Absolute path not allowed");
    }

    @ParameterizedTest
    @CsvSource({
        "std::bad_alloc, true",
        "Exception during initialization: bad allocation, true",
        "Failed to allocate memory for requested buffer of size 4096, true",
        "CUDA failure 2: out of memory, true",
        "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED, true",
        "This is an invalid model, false"
    })
    void wantOfMemorySaysNothingOfTheModel(String message, boolean passing) {
        ModelLoadException failure = OnnxLoader.failure(
                new ModelContent.InFile(repository.resolve("model.onnx")),
                new OrtException(OrtErrorCode.ORT_RUNTIME_EXCEPTION, message));

        assertThat(failure.isPassing()).isEqualTo(passing);
        assertThat(failure.reason()).startsWith("model.onnx cannot be loaded").endsWith(message);
    }

    @Test
    void cudaIsRefusedByNameWhereItCannotWorkAndTheCpuStillDoes() {
        Path file = write(OnnxModels.tiny());

        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> load(file, Device.parse("cuda:1")))
                .withMessage(
                        "cuda:1 cannot be used: these ONNX Runtime natives have no libonnxruntime_providers_cuda.so:"
                                + " set PENSTOCK_NATIVES (or -Donnxruntime.native.path) to a folder with the natives of onnxruntime_gpu");
        assertThat(handles.total()).isZero();

        try (LoadedModel model = load(file, Device.CPU)) {
            assertThat(runOne(model, Tensors.floats("x", Shape.of(1, 4), 1, 2, 3, 4))
                            .shape())
                    .isEqualTo(Shape.of(1, 3));
        }
    }

    private static byte[] twoFloats() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(10)
                .putFloat(20)
                .array();
    }

    private AbstractStringAssert<?> assertRefused(Path file) {
        ModelLoadException[] thrown = new ModelLoadException[1];
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> load(file, Device.CPU))
                .satisfies(e -> thrown[0] = e);
        assertThat(handles.total()).isZero();
        return assertThat(thrown[0].reason()).doesNotContain("\n", file.toString());
    }
}
