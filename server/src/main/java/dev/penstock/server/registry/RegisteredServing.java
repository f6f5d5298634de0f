package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
        return serving.table().snapshot();
    }

    /// Moves a model's aliases at once: one table for another.
    void alias(String model, Aliases aliases) {
        if (!serving.table().snapshot().aliasesOf(model).equals(aliases)) {
            serving.table().change(model, known -> known.aliased(model, aliases));
        }
    }

    /// The server is not ready until they serve.
    void await(Set<String> models) {
        serving.table().change(known -> known.awaiting(models));
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
                return serving.load(now).problem();
            }
            serving.stopAwaiting(model);
            serving.departures().forget(model);
            return "";
        });
    }

    /// Loads versions of a repository's model that only aliases ask for. A model that nobody loaded stays so.
    String loadAliased(String model) {
        return loaderThread.call(() -> {
            refuseIfStopping.run();
            ModelFolder folder = repository.read(model);
            ModelEntry entry = serving.table().snapshot().entry(model);
            if (folder == null || !entry.serves()) {
                return "";
            }
            Set<Long> numbers = folder.numbers();
            boolean all = serving.table().snapshot().aliasesOf(model).versions().stream()
                    .filter(numbers::contains)
                    .allMatch(number -> entry.serving(number) != null);
            return all ? "" : serving.load(folder).problem();
        });
    }

    /// Loads a version for the caller to look at, who then has [#settle] or [#turnDown] called, or lets it go.
    ///
    /// @param folder the model as it is when its turn comes; null if it is not there any more
    /// @return nothing if the version is not wanted any more
    Optional<VersionLaunch.Outcome> hold(Supplier<@Nullable ModelFolder> folder, long number) {
        return loaderThread.call(
                () -> {
                    refuseIfStopping.run();
                    ModelFolder now = folder.get();
                    return now == null ? Optional.empty() : serving.hold(now, number);
                },
                unclaimed -> unclaimed.ifPresent(RegisteredServing::letGo));
    }

    private static void letGo(VersionLaunch.Outcome outcome) {
        if (outcome instanceof VersionLaunch.Held held) {
            held.letGo();
        }
    }

    /// Has a version that was held serve, if it still should; else lets it go.
    ///
    /// @param folder as in [#hold]
    /// @return why it does not serve that should, or ""
    String settle(VersionLaunch.Held held, Supplier<@Nullable ModelFolder> folder) {
        return handOver(held, () -> {
            boolean mine = true;
            try {
                refuseIfStopping.run();
                ModelFolder now = folder.get();
                mine = false;
                return serving.settle(held, now);
            } finally {
                if (mine) {
                    held.letGo();
                }
            }
        });
    }

    /// Lets a version go that was held, and shows why.
    void turnDown(VersionLaunch.Held held, String problem) {
        LOG.log(System.Logger.Level.WARNING, "{0} does not serve: {1}", held.key(), problem);
        String _ = handOver(held, () -> {
            held.letGo();
            return serving.fail(
                    new VersionLaunch.Failed(held.key(), held.settings(), problem, VersionLaunch.Fault.SURROUNDINGS));
        });
    }

    /// What is held is the task's, whoever waits for it. Its place in the queue is not counted: there is one
    /// for each version that is held.
    private String handOver(VersionLaunch.Held held, Supplier<String> task) {
        CompletableFuture<String> outcome;
        try {
            outcome = loaderThread.submit(task);
        } catch (ServingException e) {
            held.letGo();
            throw e;
        }
        return LoaderThread.await(outcome);
    }

    /// Shows why a version could not be loaded.
    ///
    /// @return the same for callers
    String fail(VersionLaunch.Failed failed) {
        return loaderThread.call(() -> serving.fail(failed));
    }
}
