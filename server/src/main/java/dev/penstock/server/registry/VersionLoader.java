package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Background;
import dev.penstock.server.monitoring.ModelOrder;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.ModelFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Loads one version of a folder as its settings say.
final class VersionLoader {
    private final ModelLoader loader;
    private final int runners;

    VersionLoader(ModelLoader loader, int runners) {
        this.loader = loader;
        this.runners = runners;
    }

    /// A model in memory, what callers must send, and its files, which stay as long as the model does.
    record Loaded(LoadedModel model, Signature signature, ModelFiles.Folder folder) implements AutoCloseable {
        @Override
        public void close() {
            try (folder) {
                model.close();
            }
        }
    }

    /// Gives a version's files. Blocks while they are verified.
    ///
    /// @throws ModelLoadException if they cannot be had here: that is not the version's fault
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // what another thread opens is handed on
    ModelFiles.Folder open(ModelFolder folder, long number) {
        VersionFolder version = folder.version(number);
        if (version == null) {
            throw new ModelLoadException("version_policy asks for version %d, which is not there (there are: %s)"
                    .formatted(number, folder.numbers()));
        }
        if (!version.problem().isEmpty()) {
            throw new ModelLoadException(version.problem());
        }
        try {
            // Its bytes are hashed.
            return Background.call("model-check", version.opening()::open);
        } catch (FetchException e) {
            throw new ModelLoadException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Blocks until the model is in memory.
    ///
    /// @param opened of [#open]; goes with the model if it is loaded, and stays the caller's otherwise
    /// @param warming runs when the model is in memory and is about to be tried out
    /// @throws ModelLoadException with the reason, if the version cannot serve; nothing stays behind
    @MustBeClosed
    Loaded load(ModelFolder folder, ModelSettings settings, long number, ModelFiles.Folder opened, Runnable warming) {
        ModelLoader.Order order = new ModelLoader.Order(
                new ModelKey(folder.name(), number),
                content(folder.version(number), settings.fileName(), opened),
                settings.device(),
                runners,
                settings.batching(),
                settings.threadsPerRun(),
                ModelOrder.parameters(settings.config()));
        LoadedModel model = loader.load(order, warming);
        return merged(settings, model, opened);
    }

    private static ModelContent content(@Nullable VersionFolder version, String name, ModelFiles.Folder opened) {
        List<String> there = version == null
                ? List.of()
                : version.files().stream().map(FileStamp::name).toList();
        if (opened.sealed()) {
            require(there.contains(name), name, "the version", there);
            List<String> beside =
                    there.stream().filter(path -> !path.equals(name)).toList();
            return new ModelContent.InMemory(name, Set.copyOf(beside), (path, arena) -> read(opened, path, arena));
        }
        Path file = opened.path().resolve(name);
        require(Files.isRegularFile(file), name, opened.path().toString(), there);
        return new ModelContent.InFile(file);
    }

    private static void require(boolean found, String name, String place, List<String> there) {
        if (!found) {
            throw new ModelLoadException("no file '%s' in %s (there are: %s)".formatted(name, place, there));
        }
    }

    private static MemorySegment read(ModelFiles.Folder folder, String path, Arena arena) {
        try {
            return folder.read(path, arena);
        } catch (FetchException e) {
            // It was there and right when the folder was opened: this machine's trouble.
            throw ModelLoadException.notNow(String.valueOf(e.getMessage()), e);
        }
    }

    @MustBeClosed
    private static Loaded merged(ModelSettings settings, LoadedModel model, ModelFiles.Folder opened) {
        try {
            return new Loaded(model, SignatureMerge.merge(settings.config(), model.signature()), opened);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
