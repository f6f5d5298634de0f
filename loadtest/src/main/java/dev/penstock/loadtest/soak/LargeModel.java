package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// A model of about the size of MiniLM, for where that is not: layers of weights, 4 MB each.
final class LargeModel {
    private static final int LAYERS = 22;
    private static final int WIDTH = 1024;
    private static final long SEED = 7;

    private LargeModel() {}

    /// @return the file, made if it was not there
    static Path in(Path folder) throws IOException {
        Path file = Files.createDirectories(folder.resolve("large")).resolve("model.onnx");
        if (!Files.exists(file)) {
            Path made = Files.write(file.resolveSibling("making"), bytes());
            Files.move(made, file);
        }
        return file;
    }

    private static byte[] bytes() {
        Random random = new Random(SEED);
        OnnxFile model = new OnnxFile();
        String last = "x";
        for (int layer = 0; layer < LAYERS; layer++) {
            float[] weights = new float[WIDTH * WIDTH];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (random.nextFloat() - 0.5f) / 16;
            }
            String next = layer == LAYERS - 1 ? "y" : "layer" + layer;
            model.constant("w" + layer, weights, WIDTH, WIDTH)
                    .node("MatMul", List.of(last, "w" + layer), "product" + layer)
                    .node("Relu", List.of("product" + layer), next);
            last = next;
        }
        return model.toBytes(List.of((long) WIDTH), List.of((long) WIDTH));
    }
}
