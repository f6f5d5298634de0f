package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.memory.Footprint;
import org.jspecify.annotations.Nullable;

/// Opens versions, has them serve, and shows why one does not; also those that sleep, once somebody asks for
/// them. A version that was opened belongs to its [Departures] from then on.
///
/// Confined to the loader thread.
final class ServedVersions {
    private static final System.Logger LOG = System.getLogger(ServedVersions.class.getName());

    private final VersionLaunch launch;
    private final ServingSurroundings around;
    private final ServingTable table;
    private final Departures departures;
    private final OnDemandServing onDemand;

    ServedVersions(VersionLoader loader, ServingTable table, ServingSurroundings around) {
        this.table = table;
        this.around = around;
        this.departures = new Departures(table, around);
        this.onDemand = new OnDemandServing(table, departures, around, this::load);
        this.launch = new VersionLaunch(loader, around, onDemand.memory(), onDemand::roomMayBe);
    }

    /// How versions leave.
    Departures departures() {
        return departures;
    }

    /// Which versions sleep.
    OnDemandServing onDemand() {
        return onDemand;
    }

    /// Loads a version that somebody asked for.
    ///
    /// @return why it does not serve; null if it does
    private VersionLaunch.@Nullable Failed load(SleepingVersion version) {
        long number = version.key().version();
        return switch (open(version.folder(), version.settings(), number, version.order())) {
            case VersionLaunch.Held held -> {
                String problem = publish(held);
                yield problem.isEmpty()
                        ? null
                        : new VersionLaunch.Failed(
                                held.key(), held.settings(), problem, VersionLaunch.Fault.SURROUNDINGS);
            }
            case VersionLaunch.Failed failed -> {
                if (!failed.lacksRoom()) {
                    String _ = fail(failed);
                }
                yield failed;
            }
        };
    }

    /// Loads a version, which nobody sees yet. Blocks.
    VersionLaunch.Outcome open(ModelFolder folder, ModelSettings settings, long number) {
        VersionLaunch.Outcome outcome = open(folder, settings, number, VersionLaunch.Order.FILES_FIRST);
        if (outcome instanceof VersionLaunch.Failed failed && failed.lacksRoom()) {
            around.memory().counts().refused();
        }
        return outcome;
    }

    private VersionLaunch.Outcome open(
            ModelFolder folder, ModelSettings settings, long number, VersionLaunch.Order order) {
        VersionLaunch.Outcome outcome = launch.open(folder, settings, number, standardSignature(folder.name()), order);
        if (outcome instanceof VersionLaunch.Held held) {
            departures.add(held.version());
            onDemand.loaded(held);
        }
        return outcome;
    }

    private @Nullable Signature standardSignature(String model) {
        ModelStatus status = table.entry(model).status();
        @Nullable VersionStatus standard = status.standard();
        return standard == null ? null : standard.signature();
    }

    /// Has a version serve, in the place of what served under its number. Whichever of the two then does not
    /// serve is retired, whatever was thrown on the way: nobody else would.
    ///
    /// @return why it does not, or ""
    String publish(VersionLaunch.Held held) {
        LoadedVersion handle = held.version();
        ModelKey key = held.key();
        VersionEntry.@Nullable Serving before = table.entry(key.name()).serving(key.version());
        try {
            departures.published(handle);
            ModelSettings settings = held.settings();
            around.gone().opened(key, held.loadNanos());
            VersionEntry.Serving serving =
                    new VersionEntry.Serving(handle, launch.front(handle, settings), settings, held.folder());
            serve(key, serving, status(held));
            onDemand.awake(held);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "publishing " + key + " failed", e);
            return fail(new VersionLaunch.Failed(key, held.settings(), e.toString(), VersionLaunch.Fault.SURROUNDINGS));
        } finally {
            VersionEntry.Serving now = table.entry(key.name()).serving(key.version());
            if (now == null || now.version() != handle) {
                handle.retire();
            } else if (before != null && before.version() != null && before.version() != handle) {
                before.version().retire();
            }
        }
        long millis = (around.clock().nanoTime() - held.begunNanos()) / 1_000_000;
        LOG.log(
                System.Logger.Level.INFO,
                () -> "loaded %s/%d on %s in %d ms"
                        .formatted(key.name(), key.version(), held.settings().device(), millis));
        around.watch().phase(key, LifecyclePhase.READY, "loaded in " + millis + " ms");
        return "";
    }

    /// Shows a version as one that serves; one that sleeps stays as it is.
    ///
    /// @param memoryStatus null if it is not known what it takes
    void serve(ModelKey key, VersionEntry.Serving serving, @Nullable MemoryStatus memoryStatus) {
        departures.keep(key);
        LoadedVersion version = serving.version();
        if (version == null) {
            // Asleep as before.
            return;
        }
        Signature signature = version.signature();
        table.put(
                key.name(),
                VersionEntry.ready(
                        version, serving, EffectiveConfig.of(key.name(), serving.settings(), signature), memoryStatus));
        onDemand.follow(version, serving.settings());
    }

    private static MemoryStatus status(VersionLaunch.Held held) {
        Footprint footprint = held.share().footprint();
        boolean asked = held.version().isOnDemand();
        return new MemoryStatus(footprint.predictedBytes(), footprint.measuredBytes(), true, asked);
    }

    /// Shows why a version does not serve; what serves under its number goes on.
    ///
    /// @return the same for callers
    String fail(VersionLaunch.Failed failed) {
        ModelKey key = failed.key();
        String reason = around.forCallers().apply(failed.problem());
        VersionEntry before = table.entry(key.name()).versions().get(key.version());
        table.put(
                key.name(),
                before != null && before.serving() != null
                        ? before.keptBecause(reason)
                        : VersionEntry.unavailable(
                                key.version(), failed.settings().device(), reason, true));
        around.watch().phase(key, LifecyclePhase.FAILED, reason);
        return reason;
    }
}
