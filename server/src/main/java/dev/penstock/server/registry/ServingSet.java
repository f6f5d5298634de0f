package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Makes what serves equal to what is on disk, one version after the other: new versions are in the route
/// table before old ones leave it, and what fails to load takes nothing away. It finds out which versions are
/// wanted, and which of them sleep until somebody asks; [ServedVersions] opens them and has them serve.
///
/// Confined to the loader thread.
final class ServingSet {
    private static final System.Logger LOG = System.getLogger(ServingSet.class.getName());

    private final Device standard;
    private final ServingSurroundings around;
    private final ServingTable table;
    private final ServedVersions served;
    private final HeldVersions held;

    /// @param standard the device of models that name none
    ServingSet(VersionLoader loader, Device standard, ServingSurroundings around) {
        this.table = new ServingTable(around.routes(), around.changed());
        this.served = new ServedVersions(loader, table, around);
        this.held = new HeldVersions(standard, table, served);
        this.standard = standard;
        this.around = around;
    }

    /// How versions leave.
    Departures departures() {
        return served.departures();
    }

    /// What serves, as others see it. Any thread.
    ServingTable table() {
        return table;
    }

    /// Makes a model known whose versions nobody asked for yet.
    void list(ModelFolder folder) {
        table.put(ModelEntries.listed(folder, standard, around.forCallers().apply(folder.problem())));
    }

    /// Loads nothing more because it is asked for. Any thread.
    void stop() {
        served.onDemand().stop();
    }

    /// Shows the versions as loading that [#load] will load.
    void announce(ModelFolder folder) {
        if (!folder.problem().isEmpty()) {
            list(folder);
            return;
        }
        try {
            ModelSettings settings = ModelSettings.of(folder, standard);
            announce(folder, settings, wanted(folder, settings));
        } catch (ModelLoadException e) {
            // It is told, and logged, when its turn to load comes.
            list(folder);
        }
    }

    private void announce(ModelFolder folder, ModelSettings settings, SortedSet<Long> wanted) {
        table.put(ModelEntries.announced(table.entry(folder.name()), folder, settings, wanted));
    }

    private SortedSet<Long> wanted(ModelFolder folder, ModelSettings settings) {
        return folder.wanted(settings.policy(), table.snapshot().aliasesOf(folder.name()));
    }

    /// Loads what the folder's configuration asks for and, if all of it serves, retires the rest. Versions that
    /// are still to be judged are left to [#hold] and [#settle]. Blocks meanwhile.
    ///
    /// @return why something does not serve that should
    LoadResult load(ModelFolder folder) {
        return load(folder, _ -> true);
    }

    /// The same of a folder that nobody touched since: of the versions that could not be loaded, only these are
    /// tried again.
    LoadResult loadAgain(ModelFolder folder, SortedSet<Long> numbers) {
        return load(folder, number -> numbers.contains(number));
    }

    private LoadResult load(ModelFolder folder, LongPredicate isTriedAgain) {
        if (!folder.problem().isEmpty()) {
            return new LoadResult(refuse(folder, folder.problem()));
        }
        ModelSettings settings;
        try {
            settings = ModelSettings.of(folder, standard);
        } catch (ModelLoadException e) {
            return new LoadResult(refuse(folder, e.reason()));
        }
        departures().keep(folder.name());
        SortedSet<Long> wanted = wanted(folder, settings);
        ModelEntry before = table.entry(folder.name());
        announce(folder, settings, wanted);
        List<String> failures = new ArrayList<>();
        SortedSet<Long> lackRoom = new TreeSet<>();
        for (long number : wanted) {
            if (isUnjudged(folder, number)) {
                continue;
            }
            VersionEntry known = before.versions().get(number);
            LoadResult result = known != null && known.lastLoadFailed() && !isTriedAgain.test(number)
                    ? leftAsItIs(folder.name(), known)
                    : loadVersion(folder, settings, number, before.serves());
            if (!result.problem().isEmpty()) {
                failures.add("version " + number + ": " + result.problem());
            }
            lackRoom.addAll(result.lackRoom());
        }
        ModelFolder.@Nullable Wish wish = folder.wish();
        if (wish != null) {
            departures().forgetVersions(folder);
        }
        boolean complete =
                failures.isEmpty() && (wish == null || wish.unjudged().isEmpty());
        if (complete) {
            departures().retireAllBut(folder.name(), wanted, wish == null ? Map.of() : wish.reasons());
            stopAwaiting(folder.name());
        } else if (wish != null) {
            departures().retireAllBut(folder.name(), wish.able(), wish.reasons());
        }
        return new LoadResult(String.join("; ", failures), lackRoom);
    }

    /// It is shown as failed again. What serves under its number is as it is now, not as it was before: it may
    /// have left memory for a version that was loaded meanwhile.
    private LoadResult leftAsItIs(String model, VersionEntry failed) {
        if (failed.serving() == null) {
            table.put(model, failed);
        }
        return new LoadResult(failed.status().reason());
    }

    /// It serves, or nobody wants it to.
    void stopAwaiting(String model) {
        if (table.snapshot().awaits(model)) {
            table.change(model, known -> known.withoutAwaiting(model));
        }
    }

    /// Nothing of the folder can be served; what serves goes on.
    private String refuse(ModelFolder folder, String problem) {
        LOG.log(System.Logger.Level.WARNING, "model {0} cannot be loaded: {1}", folder.name(), problem);
        String reason = around.forCallers().apply(problem);
        table.put(ModelEntries.refused(table.entry(folder.name()), folder, standard, reason));
        return reason;
    }

    private static boolean isUnjudged(ModelFolder folder, long number) {
        ModelFolder.Wish wish = folder.wish();
        return wish != null && wish.unjudged().contains(number);
    }

    /// @param servedBefore whether something of the model did before
    private LoadResult loadVersion(ModelFolder folder, ModelSettings settings, long number, boolean servedBefore) {
        VersionEntry.@Nullable Serving before = table.entry(folder.name()).serving(number);
        VersionFolder version = folder.version(number);
        ModelKey key = new ModelKey(folder.name(), number);
        boolean same = before != null && before.isFrom(version, settings);
        boolean asked = around.memory().isOnDemand(folder, settings);
        boolean lacksFiles = version != null && !version.problem().isEmpty();
        SleepingVersion asleep = before != null && before.front() instanceof SleepingVersion one ? one : null;
        if (asleep != null && lacksFiles) {
            asleep.lacksFiles();
        }
        boolean restored = asleep != null && asleep.lackedFiles() && !lacksFiles;
        if (before != null && same && !restored && before.isOnDemand() == asked && before.isAwakeOrHas(settings)) {
            VersionEntry known = table.entry(folder.name()).versions().get(number);
            // Perhaps more is known of its files by now.
            served.serve(
                    key,
                    new VersionEntry.Serving(before.version(), before.front(), settings, folder),
                    known == null ? null : known.status().memory());
            return LoadResult.FINE;
        }
        boolean sleeps = asked && version != null && !lacksFiles;
        // It does not take the place of what works before it was opened once.
        boolean untried = servedBefore && !same && folder.wish() == null;
        if (sleeps && !untried) {
            VersionEntry known = table.entry(folder.name()).versions().get(number);
            served.onDemand()
                    .putToSleep(
                            key,
                            folder,
                            settings,
                            same && known != null ? known.status().signature() : null);
            return LoadResult.FINE;
        }
        return switch (served.open(folder, settings, number)) {
            case VersionLaunch.Held held -> {
                if (sleeps) {
                    served.onDemand().putToSleep(held, folder);
                    yield LoadResult.FINE;
                }
                yield new LoadResult(served.publish(held));
            }
            case VersionLaunch.Failed failed ->
                failed.lacksRoom()
                        ? new LoadResult(served.fail(failed), new TreeSet<>(List.of(number)))
                        : new LoadResult(served.fail(failed));
        };
    }

    /// See [HeldVersions#hold].
    Optional<VersionLaunch.Outcome> hold(ModelFolder folder, long number) {
        return held.hold(folder, number);
    }

    /// See [HeldVersions#settle].
    String settle(VersionLaunch.Held version, @Nullable ModelFolder now) {
        return held.settle(version, now);
    }

    /// Shows why a version does not serve; what serves under its number goes on.
    ///
    /// @return the same for callers
    String fail(VersionLaunch.Failed failed) {
        return served.fail(failed);
    }
}
