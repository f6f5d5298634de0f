package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// One look at the repository after the other: has what changed served, and tries again what there was no room
/// for. Confined to whoever looks; blocks for as long as loading takes.
final class RepositoryLook implements Runnable {
    private static final System.Logger LOG = System.getLogger(RepositoryLook.class.getName());

    private final RegistrySettings settings;
    private final ServingSet serving;
    private final LoaderThread loaderThread;
    private final NanoClock clock;
    private final BooleanSupplier stopping;
    private final Supplier<Set<String>> began;
    private final Consumer<String> gone;
    private final SettledChanges changes = new SettledChanges(ContentHashes::of);
    private final RoomRetries retries;
    private final LookFailures failedLoads;
    private final LookFailures failedGoings;

    /// @param began which models others saw since it was asked last, and act on
    /// @param gone told of models that are not there any more
    RepositoryLook(
            RegistrySettings settings,
            ServingSet serving,
            LoaderThread loaderThread,
            NanoClock clock,
            BooleanSupplier stopping,
            Supplier<Set<String>> began,
            Consumer<String> gone) {
        this.settings = settings;
        this.serving = serving;
        this.loaderThread = loaderThread;
        this.clock = clock;
        this.stopping = stopping;
        this.began = began;
        this.gone = gone;
        RetryDelays delays = RetryDelays.from(settings.pollEvery());
        DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        this.retries = new RoomRetries(delays, random);
        this.failedLoads = new LookFailures(delays, random);
        this.failedGoings = new LookFailures(delays, random);
    }

    @Override
    public void run() {
        RepositorySnapshot now = settings.repository().read();
        if (!now.complete()) {
            // What cannot be read is not gone.
            now.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
            return;
        }
        changes.began(began.get());
        SettledChanges.Found found = changes.look(now.models());
        found.changed().forEach(folder -> guarded(failedLoads, folder.name(), () -> changed(folder)));
        failedGoings.keepOnly(found.gone());
        found.gone().stream()
                .filter(model -> failedGoings.mayTry(model, clock.nanoTime()))
                .forEach(model -> guarded(failedGoings, model, () -> forget(model)));
        retries.due(clock.nanoTime()).stream()
                .filter(model -> failedLoads.mayTry(model, clock.nanoTime()))
                .forEach(model -> guarded(failedLoads, model, () -> again(model)));
        failedLoads.due(clock.nanoTime()).forEach(this::anew);
    }

    /// What goes wrong with one model, however oddly, keeps no other from its turn, and is left alone for a
    /// while.
    private void guarded(LookFailures failures, String model, Runnable step) {
        try {
            step.run();
            failures.forget(model);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            if (stopping.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            if (failures.failed(model, e.toString(), clock.nanoTime())) {
                LOG.log(System.Logger.Level.ERROR, "looking at model " + model + " failed, and is tried again", e);
            }
        }
    }

    private void changed(ModelFolder folder) {
        // Also if it fails: else it would be read anew at every look.
        changes.acted(folder);
        retries.forget(folder.name());
        String failure = load(folder, () -> serving.load(folder));
        LOG.log(
                System.Logger.Level.INFO,
                "model {0} changed on the disk{1}",
                folder.name(),
                failure.isEmpty() ? "" : ": " + failure);
    }

    /// Something went wrong with it, and nobody touched it since.
    private void anew(String model) {
        ModelFolder folder = changes.settled(model);
        if (folder != null) {
            guarded(failedLoads, model, () -> changed(folder));
        }
    }

    private void again(String model) {
        ModelFolder folder = changes.settled(model);
        // What is being written is told of as soon as it is not.
        if (folder != null
                && load(folder, () -> serving.loadAgain(folder, retries.versions(model)))
                        .isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "there is room for model {0} now", model);
        }
    }

    /// @return why something does not serve that should, or ""
    private String load(ModelFolder folder, Supplier<LoadResult> loading) {
        LoadResult result = loaderThread.call(() -> stopping.getAsBoolean() ? LoadResult.FINE : loading.get());
        if (result.lacksRoom()) {
            retries.refused(folder.name(), result.lackRoom(), clock.nanoTime());
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
        failedLoads.forget(model);
        changes.forgotten(model);
        gone.accept(model);
    }
}
