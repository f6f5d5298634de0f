package dev.penstock.server.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Lays a repository out for a test.
final class Disk {
    /// A model of one input and one output, both batched.
    static final String PLAIN = "input x FP32 -1,64\noutput y FP32 -1,10\n";

    private final Path root;

    Disk(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    Disk version(String model, long version, String content) {
        return file(model + "/" + version + "/model.onnx", content);
    }

    Disk config(String model, String text) {
        return file(model + "/config.pbtxt", text);
    }

    Disk file(String path, String content) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Disk folder(String path) {
        try {
            Files.createDirectories(root.resolve(path));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
