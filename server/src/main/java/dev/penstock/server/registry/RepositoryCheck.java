package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.Signature;
import dev.penstock.server.source.ModelFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Tries a repository out: loads every version, one after the other, and closes it again. Nothing is served.
public final class RepositoryCheck {
    private final ModelLoader loader;
    private final Device standard;

    /// @param standard the device of models whose configuration names none
    public RepositoryCheck(ModelLoader loader, Device standard) {
        this.loader = loader;
        this.standard = standard;
    }

    /// What was found.
    ///
    /// @param models by name
    /// @param warnings what was ignored beside them
    public record Report(List<ModelReport> models, List<String> warnings) {
        public Report {
            models = List.copyOf(models);
            warnings = List.copyOf(warnings);
        }

        /// Whether all would serve that should.
        public boolean ok() {
            return models.stream().allMatch(ModelReport::ok);
        }
    }

    /// One model.
    ///
    /// @param versions oldest first
    /// @param warnings what was ignored
    /// @param problem why the model as a whole cannot be served, or ""
    public record ModelReport(String name, List<VersionReport> versions, List<String> warnings, String problem) {
        public ModelReport {
            versions = List.copyOf(versions);
            warnings = List.copyOf(warnings);
        }

        /// Whether every version would serve that should.
        public boolean ok() {
            return problem.isEmpty()
                    && versions.stream()
                            .filter(VersionReport::wanted)
                            .allMatch(version -> version.problem().isEmpty());
        }
    }

    /// One version.
    ///
    /// @param wanted whether the version policy asks for it
    /// @param signature what callers must send; null if it cannot be loaded
    /// @param problem why it cannot be loaded, or ""
    public record VersionReport(
            long version,
            boolean wanted,
            Device device,
            @Nullable Signature signature,
            String problem) {}

    /// Blocks while everything is loaded once.
    public Report run(ModelRepository repository) {
        RepositorySnapshot found = repository.read();
        return new Report(found.models().stream().map(this::check).toList(), found.warnings());
    }

    private ModelReport check(ModelFolder folder) {
        if (!folder.problem().isEmpty()) {
            return new ModelReport(folder.name(), List.of(), folder.warnings(), folder.problem());
        }
        ModelSettings settings;
        try {
            settings = ModelSettings.of(folder, standard);
        } catch (ModelLoadException e) {
            return new ModelReport(folder.name(), List.of(), folder.warnings(), e.reason());
        }
        List<String> warnings = new ArrayList<>(folder.warnings());
        warnings.addAll(settings.warnings());
        SortedSet<Long> wanted = settings.policy().select(folder.numbers());
        SortedSet<Long> all = folder.numbers();
        all.addAll(wanted);
        List<VersionReport> versions = all.stream()
                .map(number -> check(folder, settings, number, wanted.contains(number)))
                .toList();
        return new ModelReport(folder.name(), versions, warnings, "");
    }

    private VersionReport check(ModelFolder folder, ModelSettings settings, long number, boolean wanted) {
        VersionLoader versions = new VersionLoader(loader, 1);
        try (ModelFiles.Folder opened = versions.open(folder, number);
                VersionLoader.Loaded loaded = versions.load(folder, settings, number, opened, () -> {})) {
            return new VersionReport(number, wanted, settings.device(), loaded.signature(), "");
        } catch (ModelLoadException e) {
            return new VersionReport(number, wanted, settings.device(), null, e.reason());
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // A report on all is worth more than the end at the first.
            return new VersionReport(number, wanted, settings.device(), null, e.toString());
        }
    }
}
