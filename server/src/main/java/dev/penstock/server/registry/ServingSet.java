package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.memory.Footprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Makes what serves equal to what is on disk, one version after the other: new versions are in the route table
/// before old ones leave it, and what fails to load takes nothing away.
///
/// Confined to the loader thread.
final class ServingSet {
    private static final System.Logger LOG = System.getLogger(ServingSet.class.getName());

    private final VersionLaunch launch;
    private final Device standard;
    private final ServingSurroundings around;
    private final ServingTable table;
    private final Departures departures;
    private final OnDemandServing onDemand;

    /// @param standard the device of models that name none
    ServingSet(VersionLoader loader, Device standard, ServingSurroundings around) {
        this.table = new ServingTable(around.routes(), around.changed());
        this.departures = new Departures(table, around);
        this.onDemand = new OnDemandServing(table, departures, around, this::load);
        this.launch = new VersionLaunch(loader, around, onDemand.memory(), onDemand::roomMayBe);
        this.standard = standard;
        this.around = around;
    }

    /// How versions leave.
    Departures departures() {
        return departures;
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
        onDemand.stop();
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
        departures.keep(folder.name());
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
            departures.forgetVersions(folder);
        }
        boolean complete =
                failures.isEmpty() && (wish == null || wish.unjudged().isEmpty());
        if (complete) {
            departures.retireAllBut(folder.name(), wanted, wish == null ? Map.of() : wish.reasons());
            stopAwaiting(folder.name());
        } else if (wish != null) {
            departures.retireAllBut(folder.name(), wish.able(), wish.reasons());
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

    /// @param served whether something of the model did before
    private LoadResult loadVersion(ModelFolder folder, ModelSettings settings, long number, boolean served) {
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
            serve(
                    key,
                    new VersionEntry.Serving(before.version(), before.front(), settings, folder),
                    known == null ? null : known.status().memory());
            return LoadResult.FINE;
        }
        boolean sleeps = asked && version != null && !lacksFiles;
        // It does not take the place of what works before it was opened once.
        boolean untried = served && !same && folder.wish() == null;
        if (sleeps && !untried) {
            VersionEntry known = table.entry(folder.name()).versions().get(number);
            onDemand.putToSleep(
                    key,
                    folder,
                    settings,
                    same && known != null ? known.status().signature() : null);
            return LoadResult.FINE;
        }
        return switch (open(folder, settings, number)) {
            case VersionLaunch.Held held -> {
                if (sleeps) {
                    onDemand.putToSleep(held, folder);
                    yield LoadResult.FINE;
                }
                yield new LoadResult(publish(held));
            }
            case VersionLaunch.Failed failed ->
                failed.lacksRoom()
                        ? new LoadResult(fail(failed), new TreeSet<>(List.of(number)))
                        : new LoadResult(fail(failed));
        };
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

    private VersionLaunch.Outcome open(ModelFolder folder, ModelSettings settings, long number) {
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

    /// Loads a version for the caller to look at, who then has [#settle] called or lets it go. Nobody sees it
    /// meanwhile, and nobody but the caller closes it. Blocks.
    ///
    /// @return nothing if it is not wanted, or the model cannot be served at all, which [#load] tells
    Optional<VersionLaunch.Outcome> hold(ModelFolder folder, long number) {
        try {
            ModelSettings settings = ModelSettings.of(folder, standard);
            boolean wanted =
                    folder.problem().isEmpty() && wanted(folder, settings).contains(number);
            if (!wanted) {
                return Optional.empty();
            }
            String problem = wakeStandard(folder.name(), number);
            return Optional.of(
                    problem.isEmpty()
                            ? open(folder, settings, number)
                            : new VersionLaunch.Failed(
                                    new ModelKey(folder.name(), number),
                                    settings,
                                    problem,
                                    VersionLaunch.Fault.SURROUNDINGS));
        } catch (ModelLoadException e) {
            return Optional.empty();
        }
    }

    /// What a version follows must be known when it is judged: what sleeps and was never in memory is brought
    /// there.
    ///
    /// @return why it cannot be judged now, or ""
    private String wakeStandard(String model, long candidate) {
        ModelEntry entry = table.entry(model);
        @Nullable VersionStatus standard = entry.status().standard();
        VersionEntry.@Nullable Serving serving = standard == null ? null : entry.serving(standard.version());
        if (serving == null
                || !(serving.front() instanceof SleepingVersion sleeping)
                || sleeping.isSignatureKnown()
                || sleeping.key().version() == candidate) {
            return "";
        }
        return switch (open(
                sleeping.folder(), sleeping.settings(), sleeping.key().version())) {
            case VersionLaunch.Held held -> notJudged(sleeping, publish(held));
            case VersionLaunch.Failed failed -> {
                String reason = fail(failed);
                // Nobody can call what cannot be loaded at all, and so nothing follows it.
                yield failed.verdict() ? "" : notJudged(sleeping, reason);
            }
        };
    }

    private static String notJudged(SleepingVersion standard, String problem) {
        return problem.isEmpty() ? "" : "it cannot be judged now: " + standard.key() + " is not in memory: " + problem;
    }

    /// Has a version that was held serve, if it is still what should; else it is let go.
    ///
    /// @param now the model as it should be; null if it is not there any more
    /// @return why it does not serve that should, or ""
    String settle(VersionLaunch.Held held, @Nullable ModelFolder now) {
        boolean fits = false;
        try {
            fits = now != null && now.problem().isEmpty() && isWanted(held, now);
        } finally {
            if (!fits) {
                held.letGo();
            }
        }
        if (!fits || now == null) {
            return "";
        }
        if (!held.version().isOnDemand()) {
            return publish(held);
        }
        onDemand.putToSleep(held, now);
        return "";
    }

    private boolean isWanted(VersionLaunch.Held held, ModelFolder now) {
        try {
            ModelSettings settings = ModelSettings.of(now, standard);
            return wanted(now, settings).contains(held.key().version()) && settings.loadsLike(held.settings());
        } catch (ModelLoadException e) {
            // It is told when the model is loaded.
            return false;
        }
    }

    /// Has a version serve, in the place of what served under its number. Whichever of the two then does not
    /// serve is retired, whatever was thrown on the way: nobody else would.
    private String publish(VersionLaunch.Held held) {
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

    private void serve(ModelKey key, VersionEntry.Serving serving, @Nullable MemoryStatus memoryStatus) {
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
