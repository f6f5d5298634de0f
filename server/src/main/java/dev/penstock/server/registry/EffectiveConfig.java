package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelInput;
import dev.penstock.proto.inference.ModelInstanceGroup;
import dev.penstock.proto.inference.ModelOutput;
import dev.penstock.proto.inference.ModelVersionPolicy;
import java.util.ArrayList;
import java.util.List;

/// The configuration a loaded version runs under, as callers are shown it: all defaults filled in, what is not
/// used left out. Pure.
final class EffectiveConfig {
    private EffectiveConfig() {}

    static ModelConfig of(String model, ModelSettings settings, Signature signature) {
        ModelConfig.Builder config = ModelConfig.newBuilder()
                .setName(model)
                .setPlatform(ModelSettings.PLATFORM)
                .setBackend(ModelSettings.BACKEND)
                .setVersionPolicy(policy(settings.policy()))
                .setMaxBatchSize(signature.maxBatchSize())
                .addInstanceGroup(instanceGroup(model, settings))
                .setDefaultModelFilename(settings.fileName());
        boolean batched = signature.maxBatchSize() > 0;
        signature.inputs().forEach(spec -> config.addInput(input(spec, batched)));
        signature.outputs().forEach(spec -> config.addOutput(output(spec, batched)));
        if (settings.config().hasDynamicBatching()) {
            config.setDynamicBatching(settings.config().getDynamicBatching());
        }
        if (settings.caching() != null) {
            config.getResponseCacheBuilder().setEnable(true);
        }
        settings.config().getParametersMap().forEach((name, value) -> {
            if (ModelSettings.PARAMETERS.contains(name)) {
                config.putParameters(name, value);
            }
        });
        return config.build();
    }

    private static ModelVersionPolicy policy(VersionPolicy policy) {
        ModelVersionPolicy.Builder builder = ModelVersionPolicy.newBuilder();
        switch (policy) {
            case VersionPolicy.All() -> builder.setAll(ModelVersionPolicy.All.getDefaultInstance());
            case VersionPolicy.Latest(var count) -> builder.getLatestBuilder().setNumVersions(count);
            case VersionPolicy.Specific(var versions) ->
                builder.getSpecificBuilder()
                        .addAllVersions(versions.stream().sorted().toList());
        }
        return builder.build();
    }

    /// One group, for that is how it runs; the name and the count are the file's if it gives them.
    private static ModelInstanceGroup instanceGroup(String model, ModelSettings settings) {
        ModelInstanceGroup written = settings.config().getInstanceGroupCount() == 0
                ? ModelInstanceGroup.getDefaultInstance()
                : settings.config().getInstanceGroup(0);
        ModelInstanceGroup.Builder group = ModelInstanceGroup.newBuilder()
                .setName(written.getName().isEmpty() ? model : written.getName())
                .setCount(Math.max(1, written.getCount()));
        Device device = settings.device();
        return switch (device.kind()) {
            case CPU -> group.setKind(ModelInstanceGroup.Kind.KIND_CPU).build();
            case CUDA ->
                group.setKind(ModelInstanceGroup.Kind.KIND_GPU)
                        .addGpus(device.ordinal())
                        .build();
        };
    }

    private static ModelInput input(TensorSpec spec, boolean batched) {
        return ModelInput.newBuilder()
                .setName(spec.name())
                .setDataType(ConfigTypes.write(spec.type()))
                .addAllDims(dims(spec, batched))
                .setOptional(spec.optional())
                .build();
    }

    private static ModelOutput output(TensorSpec spec, boolean batched) {
        return ModelOutput.newBuilder()
                .setName(spec.name())
                .setDataType(ConfigTypes.write(spec.type()))
                .addAllDims(dims(spec, batched))
                .build();
    }

    private static List<Long> dims(TensorSpec spec, boolean batched) {
        List<Long> dims = new ArrayList<>();
        for (int i = batched ? 1 : 0; i < spec.shape().rank(); i++) {
            dims.add(spec.shape().dim(i));
        }
        return dims;
    }
}
