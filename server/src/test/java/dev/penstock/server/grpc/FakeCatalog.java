package dev.penstock.server.grpc;

import dev.penstock.core.Device;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A catalog that a test fills, and control over it that a test may refuse.
final class FakeCatalog implements Catalog, ModelControl {
    volatile boolean ready = true;
    volatile @Nullable RuntimeException failure;
    volatile Consumer<String> onLoad = name -> {};
    volatile Consumer<String> onUnload = name -> {};
    private final Map<String, ModelStatus> models = new ConcurrentSkipListMap<>();

    void put(String name, VersionStatus... versions) {
        models.put(
                name, new ModelStatus(name, List.of(versions), List.of(), versions.length == 0 ? "no versions" : ""));
    }

    void remove(String name) {
        models.remove(name);
    }

    static VersionStatus version(long number, VersionState state, Signature signature) {
        ModelConfig config = ModelConfig.newBuilder()
                .setName("m")
                .setPlatform("onnxruntime_onnx")
                .setMaxBatchSize(signature.maxBatchSize())
                .build();
        String reason = state == VersionState.UNAVAILABLE ? "the file is truncated" : "";
        return new VersionStatus(number, state, reason, Device.CPU, signature, config);
    }

    @Override
    public boolean stopping() {
        return false;
    }

    @Override
    public boolean ready() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        return ready;
    }

    @Override
    public List<ModelStatus> models() {
        return new ArrayList<>(models.values());
    }

    @Override
    public @Nullable ModelStatus model(String name) {
        return models.get(name);
    }

    @Override
    public void load(String model) throws ServingException {
        onLoad.accept(model);
    }

    @Override
    public void unload(String model) throws ServingException {
        onUnload.accept(model);
    }
}
