package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.server.admin.VersionStatus;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Versions that are opened for somebody to judge before they serve. Whoever has one from [#hold] owns it, and
/// hands it to [#settle] or lets it go.
///
/// Confined to the loader thread.
final class HeldVersions {
    private final Device standard;
    private final ServingTable table;
    private final ServedVersions served;

    /// @param standard the device of models that name none
    HeldVersions(Device standard, ServingTable table, ServedVersions served) {
        this.standard = standard;
        this.table = table;
        this.served = served;
    }

    private SortedSet<Long> wanted(ModelFolder folder, ModelSettings settings) {
        return folder.wanted(settings.policy(), table.snapshot().aliasesOf(folder.name()));
    }

    /// Loads a version for the caller to look at, who then has [#settle] called or lets it go. Nobody sees it
    /// meanwhile, and nobody but the caller closes it. Blocks.
    ///
    /// @return nothing if it is not wanted, or the model cannot be served at all, which loading it tells
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
                            ? served.open(folder, settings, number)
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
        return switch (served.open(
                sleeping.folder(), sleeping.settings(), sleeping.key().version())) {
            case VersionLaunch.Held held -> notJudged(sleeping, served.publish(held));
            case VersionLaunch.Failed failed -> {
                String reason = served.fail(failed);
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
            return served.publish(held);
        }
        served.onDemand().putToSleep(held, now);
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
}
