package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// What every test here has: a loader, a place for models, and the check that nothing native is left.
abstract class RuntimeTest {
    static final ModelKey KEY = new ModelKey("m", 1);

    @TempDir
    Path repository = Path.of("");

    final NativeHandles handles = new NativeHandles();
    final OnnxLoader loader = new OnnxLoader(handles);

    @AfterEach
    void everyNativeObjectIsClosed() {
        assertThat(handles.live().values()).as("%s", handles.live()).containsOnly(0L);
        assertThat(handles.total()).isZero();
    }

    LoadedModel load(byte[] model) {
        return load(write(model), Device.CPU);
    }

    Path write(byte[] model) {
        return OnnxModels.write(repository, KEY.name(), KEY.version(), model);
    }

    LoadedModel load(Path file, Device device) {
        return loader.load(new Order(KEY, file, device, 2));
    }

    static Tensor runOne(LoadedModel model, Tensor... inputs) {
        return model.runner(0).run(List.of(inputs), List.of()).getFirst();
    }
}
