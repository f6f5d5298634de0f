package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Subject.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// The models that are measured. Those that the examples have not are made here, the same every time.
public final class Subjects {
    static final int MANY = 1000;
    private static final int FLOATS = 1000;
    private static final int BUSY_WIDTH = 512;
    private static final int BUSY_LAYERS = 96;
    private static final int BUSY_CHECK = 64;
    private static final int MINILM_CHECK = 8;
    private static final long SEED = 25;

    private final Path repository;
    private final Path manyRepository;
    private final Path examples;

    private Subjects(Path repository, Path manyRepository, Path examples) {
        this.repository = repository;
        this.manyRepository = manyRepository;
        this.examples = examples;
    }

    /// Makes the models.
    ///
    /// @param folder for what is made
    /// @param examples the folder of the example models
    static Subjects in(Path folder, Path examples) {
        try {
            Subjects subjects = new Subjects(folder.resolve("models"), folder.resolve("many"), examples);
            subjects.write("tiny", tinyModel(), "");
            subjects.write(
                    "tiny-alone", tinyModel(), "parameters { key: \"batching\" value { string_value: \"off\" } }\n");
            subjects.write("tiny-next", tinyModel(), "");
            subjects.write("floats", floatsModel(), "");
            subjects.write("image", imageModel(), "");
            subjects.write("busy", busyModel(), "");
            return subjects;
        } catch (IOException e) {
            throw new UncheckedIOException("the models cannot be written to " + folder, e);
        }
    }

    private void write(String name, byte[] model, String config) throws IOException {
        Path folder = Files.createDirectories(repository.resolve(name).resolve("1"));
        Files.write(folder.resolve("model.onnx"), model);
        if (!config.isEmpty()) {
            Files.writeString(folder.resolveSibling("config.pbtxt"), config);
        }
    }

    /// A classifier of four measurements: 4 floats in, 3 out.
    private static byte[] tinyModel() {
        float[] weights = {0.4f, -0.2f, -0.3f, 0.9f, -0.1f, -0.8f, -1.2f, 0.2f, 1.1f, -0.6f, -0.3f, 0.9f};
        return new OnnxFile()
                .constant("w", weights, 4, 3)
                .constant("b", new float[] {0.3f, 0.5f, -0.8f}, 3)
                .node("MatMul", List.of("x", "w"), "product")
                .node("Add", List.of("product", "b"), "logits")
                .node("Softmax", List.of("logits"), "y")
                .toBytes(List.of(4L), List.of(3L));
    }

    /// Adds one to each of 1,000 floats: nothing but transport.
    private static byte[] floatsModel() {
        return new OnnxFile()
                .constant("one", new float[] {1}, 1)
                .node("Add", List.of("x", "one"), "y")
                .toBytes(List.of((long) FLOATS), List.of((long) FLOATS));
    }

    /// The mean of a picture of 602,112 bytes.
    private static byte[] imageModel() {
        return new OnnxFile().mean("x", "y", 1, 2, 3).toBytes(List.of(3L, 224L, 224L), List.of(1L, 1L, 1L));
    }

    /// Layers that keep a core busy for nearly half a millisecond a row: long enough for a generator to ask
    /// easily for twice of what it can do, and for refusals to cost little beside the runs. All layers have
    /// the same weights, which stay in the cache.
    private static byte[] busyModel() {
        Random random = new Random(SEED);
        float[] weights = new float[BUSY_WIDTH * BUSY_WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (random.nextFloat() - 0.5f) / 8;
        }
        OnnxFile file = new OnnxFile().constant("w", weights, BUSY_WIDTH, BUSY_WIDTH);
        String last = "x";
        for (int layer = 0; layer < BUSY_LAYERS; layer++) {
            String product = "product" + layer;
            String next = layer == BUSY_LAYERS - 1 ? "y" : "layer" + layer;
            file.node("MatMul", List.of(last, "w"), product).node("Relu", List.of(product), next);
            last = next;
        }
        return file.toBytes(List.of((long) BUSY_WIDTH), List.of((long) BUSY_WIDTH));
    }

    Subject tiny() {
        return Subject.floats("tiny", made("tiny"), "x", 1, 4);
    }

    /// The same, whose requests never share a run.
    Subject tinyAlone() {
        return Subject.floats("tiny-alone", made("tiny-alone"), "x", 1, 4);
    }

    Subject floats() {
        return Subject.floats("floats", made("floats"), "x", 1, FLOATS);
    }

    Subject image() {
        return Subject.floats("image", made("image"), "x", 1, 3, 224, 224);
    }

    public Subject busy() {
        return Subject.floats("busy", made("busy"), "x", 1, BUSY_WIDTH).checkedEvery(BUSY_CHECK);
    }

    Subject digits() {
        return Subject.floats("digits", examples.resolve("digits/2/model.onnx"), "image", 1, 64);
    }

    /// Only the build of a checkout puts it there.
    public Path miniLmFile() {
        return examples.resolve("minilm/1/model.onnx");
    }

    Subject miniLm(int tokens) {
        List<Input> inputs = List.of(
                new Input("input_ids", true), new Input("attention_mask", true), new Input("token_type_ids", true));
        return new Subject("minilm", miniLmFile(), inputs, List.of(1L, (long) tokens), MINILM_CHECK);
    }

    private Path made(String name) {
        return repository.resolve(name).resolve("1/model.onnx");
    }

    /// Where the models are that were made.
    public Path repository() {
        return repository;
    }

    public Path examples() {
        return examples;
    }

    /// Makes [#MANY] copies of the tiny model and says where.
    Path many() {
        try {
            for (int i = 0; i < MANY; i++) {
                Path folder = manyRepository.resolve("tiny-" + i).resolve("1");
                if (!Files.exists(folder.resolve("model.onnx"))) {
                    Files.createDirectories(folder);
                    Files.copy(made("tiny"), folder.resolve("model.onnx"));
                }
            }
            return manyRepository;
        } catch (IOException e) {
            throw new UncheckedIOException("the models cannot be written to " + manyRepository, e);
        }
    }
}
