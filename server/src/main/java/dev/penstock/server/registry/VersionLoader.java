package dev.penstock.server.registry;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.Signature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Loads one version of a folder as its settings say.
final class VersionLoader {
    private final ModelLoader loader;
    private final int runners;

    VersionLoader(ModelLoader loader, int runners) {
        this.loader = loader;
        this.runners = runners;
    }

    /// A model in memory, to be closed by whoever got it, and what callers must send.
    record Loaded(LoadedModel model, Signature signature) {}

    /// Blocks until the model is in memory.
    ///
    /// @throws ModelLoadException with the reason, if the version cannot serve; nothing stays behind
    Loaded load(ModelFolder folder, ModelSettings settings, long number) {
        VersionFolder version = folder.version(number);
        if (version == null) {
            throw new ModelLoadException("version_policy asks for version %d, which is not there (there are: %s)"
                    .formatted(number, folder.numbers()));
        }
        if (!version.problem().isEmpty()) {
            throw new ModelLoadException(version.problem());
        }
        Path file = version.path().resolve(settings.fileName());
        if (!Files.isRegularFile(file)) {
            List<String> there = version.files().stream().map(FileStamp::name).toList();
            throw new ModelLoadException(
                    "no file '%s' in %s (there are: %s)".formatted(settings.fileName(), version.path(), there));
        }
        LoadedModel model = loader.load(new ModelLoader.Order(
                new ModelKey(folder.name(), number),
                file,
                settings.device(),
                runners,
                settings.batching(),
                settings.threadsPerRun()));
        return merged(settings, model);
    }

    private static Loaded merged(ModelSettings settings, LoadedModel model) {
        try {
            return new Loaded(model, SignatureMerge.merge(settings.config(), model.signature()));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
