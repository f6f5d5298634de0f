package dev.penstock.server.registry;

import dev.penstock.core.ModelLoadException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What registered models may have done to what serves. Thread-safe; all but [#alias] wait for the loader
/// thread.
final class RegisteredServing {
    private static final System.Logger LOG = System.getLogger(RegisteredServing.class.getName());

    private final ModelRepository repository;
    private final ServingSet serving;
    private final LoaderThread loaderThread;
    private final Runnable refuseIfStopping;
    private final Consumer<Boolean> tried;

    /// @param tried told at every end of a try to read the record whether it could be read
    RegisteredServing(
            ModelRepository repository,
            ServingSet serving,
            LoaderThread loaderThread,
            Runnable refuseIfStopping,
            Consumer<Boolean> tried) {
        this.repository = repository;
        this.serving = serving;
        this.loaderThread = loaderThread;
        this.refuseIfStopping = refuseIfStopping;
        this.tried = tried;
    }

    /// Whether a repository has a model of that name, which then is not served as registered. Blocks on the
    /// disk.
    boolean isInRepository(String model) {
        return repository.read(model) != null;
    }

    Snapshot snapshot() {
        return serving.snapshot();
    }

    /// Moves a model's aliases at once: one table for another.
    void alias(String model, Aliases aliases) {
        if (!serving.snapshot().aliasesOf(model).equals(aliases)) {
            serving.change(known -> known.aliased(model, aliases));
        }
    }

    /// The server is not ready until they serve.
    void await(Set<String> models) {
        serving.change(known -> known.awaiting(models));
    }

    /// The record was tried to be read, and what it asks for to be loaded.
    void tried(boolean read) {
        tried.accept(read);
    }

    /// Loads what a model's folder asks for, as it is when its turn comes, and retires the rest.
    ///
    /// @param folder null if the model is not there any more
    /// @return why something does not serve that should, or ""
    String load(String model, Supplier<@Nullable ModelFolder> folder) {
        return loaderThread.call(() -> {
            refuseIfStopping.run();
            ModelFolder now = folder.get();
            if (now != null) {
                return serving.load(now);
            }
            serving.stopAwaiting(model);
            serving.forget(model);
            return "";
        });
    }

    /// Loads versions of a repository's model that only aliases ask for. A model that nobody loaded stays so.
    String loadAliased(String model) {
        return loaderThread.call(() -> {
            refuseIfStopping.run();
            ModelFolder folder = repository.read(model);
            ModelEntry entry = serving.snapshot().entry(model);
            if (folder == null || !entry.serves()) {
                return "";
            }
            Set<Long> numbers = folder.numbers();
            boolean all = serving.snapshot().aliasesOf(model).versions().stream()
                    .filter(numbers::contains)
                    .allMatch(number -> entry.serving(number) != null);
            return all ? "" : serving.load(folder);
        });
    }

    /// Loads a version that is not to serve, has it looked at, and closes it again.
    ///
    /// @return why it cannot be loaded, or ""
    String tryOut(ModelFolder folder, long number, VersionLaunch.Look look) {
        return loaderThread.call(() -> {
            refuseIfStopping.run();
            try {
                serving.tryOut(folder, number, look);
                return "";
            } catch (ModelLoadException e) {
                return e.reason();
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, "trying out " + folder.name() + "/" + number + " failed", e);
                return e.toString();
            }
        });
    }
}
