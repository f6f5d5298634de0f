package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// One look at the repository after the other: has what changed served, and tries again what there was no room
/// for. Confined to whoever looks; blocks for as long as loading takes.
final class RepositoryLook implements Runnable {
    private static final System.Logger LOG = System.getLogger(RepositoryLook.class.getName());

    private final RegistrySettings settings;
    private final ServingSet serving;
    private final LoaderThread loaderThread;
    private final NanoClock clock;
    private final BooleanSupplier stopping;
    private final Consumer<String> gone;
    private final SettledChanges changes = new SettledChanges(ContentHashes::of);
    private final RoomRetries retries;

    /// @param gone told of models that are not there any more
    RepositoryLook(
            RegistrySettings settings,
            ServingSet serving,
            LoaderThread loaderThread,
            NanoClock clock,
            BooleanSupplier stopping,
            Consumer<String> gone) {
        this.settings = settings;
        this.serving = serving;
        this.loaderThread = loaderThread;
        this.clock = clock;
        this.stopping = stopping;
        this.gone = gone;
        this.retries = new RoomRetries(
                RetryDelays.from(settings.pollEvery()),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    @Override
    public void run() {
        RepositorySnapshot now = settings.repository().read();
        if (!now.complete()) {
            // What cannot be read is not gone.
            now.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
            return;
        }
        SettledChanges.Found found = changes.look(now.models());
        for (ModelFolder folder : found.changed()) {
            retries.forget(folder.name());
            String failure = load(folder);
            LOG.log(
                    System.Logger.Level.INFO,
                    "model {0} changed on the disk{1}",
                    folder.name(),
                    failure.isEmpty() ? "" : ": " + failure);
            changes.acted(folder);
        }
        found.gone().forEach(this::forget);
        for (String model : retries.due(clock.nanoTime())) {
            ModelFolder folder = changes.settled(model);
            // What is being written is told of as soon as it is not.
            if (folder != null && load(folder).isEmpty()) {
                LOG.log(System.Logger.Level.INFO, "there is room for model {0} now", model);
            }
        }
    }

    /// @return why something does not serve that should, or ""
    private String load(ModelFolder folder) {
        LoadResult result = loaderThread.call(() -> stopping.getAsBoolean() ? LoadResult.FINE : serving.load(folder));
        if (result.lacksRoom()) {
            retries.refused(folder.name(), clock.nanoTime());
        } else {
            retries.forget(folder.name());
        }
        return result.problem();
    }

    private void forget(String model) {
        LOG.log(System.Logger.Level.INFO, "model {0} is gone from the disk", model);
        loaderThread.call(() -> {
            serving.stopAwaiting(model);
            serving.departures().forget(model);
            return true;
        });
        retries.forget(model);
        changes.forgotten(model);
        gone.accept(model);
    }
}
