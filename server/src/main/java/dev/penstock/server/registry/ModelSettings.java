package dev.penstock.server.registry;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.Device;
import dev.penstock.core.ModelLoadException;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.router.cache.CacheOrder;
import dev.penstock.server.feedback.FeedbackOrder;
import dev.penstock.server.gate.GateSettings;
import dev.penstock.server.monitoring.ModelOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How one model is to be served: its checked configuration, or the defaults where it has none.
///
/// @param config as it was written; empty if there is none
/// @param batching how its requests are to be put together
/// @param caching how its answers are to be kept; null if they are not
/// @param threadsPerRun how many threads share one run
/// @param residence when its versions are to be in memory
/// @param fileName of the model inside each version's folder
/// @param gates what its versions must pass
/// @param feedback what may be said of its answers
/// @param warnings what has no effect
record ModelSettings(
        ModelConfig config,
        VersionPolicy policy,
        Device device,
        BatchingOrder batching,
        @Nullable CacheOrder caching,
        int threadsPerRun,
        Residence residence,
        String fileName,
        GateSettings gates,
        FeedbackOrder feedback,
        List<String> warnings) {
    static final String PLATFORM = "onnxruntime_onnx";
    static final String BACKEND = "onnxruntime";
    static final String DEFAULT_FILE = "model.onnx";

    /// Those that have a meaning here.
    static final Set<String> PARAMETERS = Stream.of(
                    Set.of(Placement.DEVICE_PARAMETER),
                    BatchOrders.PARAMETERS,
                    CacheOrders.PARAMETERS,
                    FeedbackOrder.PARAMETERS,
                    GateSettings.PARAMETERS,
                    ModelOrder.PARAMETERS,
                    Residence.PARAMETERS,
                    RunProfile.PARAMETERS)
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> PLATFORMS = Set.of("", PLATFORM, BACKEND);
    private static final Set<String> BACKENDS = Set.of("", BACKEND);

    ModelSettings {
        warnings = List.copyOf(warnings);
    }

    /// @param standard the device of a model that names none
    /// @throws ModelLoadException if the configuration cannot be followed
    static ModelSettings of(ModelFolder folder, Device standard) {
        try {
            return read(folder, standard);
        } catch (ModelLoadException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            // Nobody foresaw it, but it is this one file's: braces nested too deep, say.
            throw new ModelLoadException(FolderReader.CONFIG_FILE + " cannot be read: " + e, e);
        }
    }

    private static ModelSettings read(ModelFolder folder, Device standard) {
        ConfigText.Parsed parsed = folder.configText() == null
                ? new ConfigText.Parsed(ModelConfig.getDefaultInstance(), List.of())
                : ConfigText.parse(folder.configText());
        ModelConfig config = parsed.config();
        check(folder.name(), config);
        List<String> warnings = new ArrayList<>(parsed.warnings());
        warnings.addAll(UnusedFields.warnings(config));
        ModelOrder.of(ModelOrder.parameters(config), true, DriftRules.STANDARD)
                .problems()
                .forEach(problem -> warnings.add(FolderReader.CONFIG_FILE + ": " + problem));
        Device device = Placement.of(config, standard, warnings);
        return new ModelSettings(
                config,
                VersionPolicy.of(config.getVersionPolicy()),
                device,
                BatchOrders.of(config),
                CacheOrders.of(config, warnings),
                RunProfile.threadsPerRun(config, Runtime.getRuntime().availableProcessors(), warnings),
                Residence.of(config),
                fileName(config),
                GateSettings.of(config),
                FeedbackOrder.of(config),
                warnings);
    }

    /// Whether a version that was loaded by `other` would be loaded the same way by this.
    boolean loadsLike(ModelSettings other) {
        return device.equals(other.device) && loading(config).equals(loading(other.config));
    }

    /// Without what only says which versions serve, what they must pass, and when they are in memory.
    private static ModelConfig loading(ModelConfig config) {
        ModelConfig.Builder loading = config.toBuilder().clearVersionPolicy();
        GateSettings.PARAMETERS.forEach(loading::removeParameters);
        Residence.PARAMETERS.forEach(loading::removeParameters);
        return loading.build();
    }

    private static void check(String folderName, ModelConfig config) {
        if (!config.getName().isEmpty() && !config.getName().equals(folderName)) {
            throw wrong(
                    "name: '%s' (expected: '%s', the folder's name, or none)".formatted(config.getName(), folderName));
        }
        if (config.hasEnsembleScheduling() || config.getPlatform().equals("ensemble")) {
            throw wrong("ensembles are not supported (expected: one ONNX model)");
        }
        if (!PLATFORMS.contains(config.getPlatform())) {
            throw wrong("platform '%s' is not supported (expected: %s)".formatted(config.getPlatform(), PLATFORM));
        }
        if (!BACKENDS.contains(config.getBackend())) {
            throw wrong("backend '%s' is not supported (expected: %s)".formatted(config.getBackend(), BACKEND));
        }
        if (config.getMaxBatchSize() < 0) {
            throw wrong("max_batch_size: %d (expected: >= 0)".formatted(config.getMaxBatchSize()));
        }
        checkNames("input", config.getInputList().stream().map(input -> input.getName()));
        checkNames("output", config.getOutputList().stream().map(output -> output.getName()));
        config.getInputList().forEach(input -> refuseReshape("input", input.getName(), input.hasReshape()));
        config.getOutputList().forEach(output -> refuseReshape("output", output.getName(), output.hasReshape()));
    }

    private static void checkNames(String kind, Stream<String> names) {
        Set<String> seen = new HashSet<>();
        names.forEach(name -> {
            if (name.isEmpty()) {
                throw wrong("an %s has no name".formatted(kind));
            }
            if (!seen.add(name)) {
                throw wrong("%s '%s' is there twice".formatted(kind, name));
            }
        });
    }

    /// Without it, callers would have to send the model's own shape, not the one that `dims` promises them.
    private static void refuseReshape(String kind, String name, boolean reshaped) {
        if (reshaped) {
            throw wrong("%s '%s': reshape is not supported: write the model's own shape as dims, without reshape"
                    .formatted(kind, name));
        }
    }

    private static String fileName(ModelConfig config) {
        String name = config.getDefaultModelFilename();
        if (name.isEmpty()) {
            return DEFAULT_FILE;
        }
        boolean plain = name.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
        if (!plain || name.equals(".") || name.equals("..")) {
            throw wrong("default_model_filename: '%s' (expected: the name of a file in the version's folder)"
                    .formatted(name.replaceAll("\\p{Cntrl}", "?")));
        }
        return name;
    }

    private static ModelLoadException wrong(String what) {
        return new ModelLoadException(FolderReader.CONFIG_FILE + ": " + what);
    }
}
