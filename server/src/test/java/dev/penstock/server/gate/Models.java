package dev.penstock.server.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Real models, loaded for a test; closed all at once, and then nothing native may be left.
final class Models implements AutoCloseable {
    static final Path EXAMPLES =
            Path.of(System.getProperty("penstock.root", ".")).resolve("examples");

    private final NativeHandles handles = new NativeHandles();
    private final OnnxLoader loader = new OnnxLoader(handles);
    private final List<LoadedModel> open = new ArrayList<>();

    LoadedModel load(Path file) {
        LoadedModel model = loader.load(order(file, BatchingOrder.STANDARD));
        open.add(model);
        return model;
    }

    /// The model of an example, such as `iris/1`.
    LoadedModel example(String version) {
        return load(EXAMPLES.resolve("models").resolve(version).resolve("model.onnx"));
    }

    LoadedModel load(Path folder, byte[] model) {
        return load(write(folder, model));
    }

    static Path write(Path folder, byte[] model) {
        try {
            return Files.write(folder.resolve("model.onnx"), model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Order order(Path file, BatchingOrder batching) {
        return new Order(Candidates.KEY, file, Device.CPU, 1, batching, 1);
    }

    OnnxLoader loader() {
        return loader;
    }

    /// What the request of an example has for `inputs`.
    static String exampleRequest(String name) {
        try {
            return Files.readString(EXAMPLES.resolve("requests").resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        open.forEach(LoadedModel::close);
        assertThat(handles.total()).as("%s", handles.live()).isZero();
    }
}
