package dev.penstock.server.registry;

import dev.penstock.core.Check;
import dev.penstock.core.Device;
import dev.penstock.server.admin.ModelControlMode;
import java.time.Duration;
import java.util.Set;

/// How the registry serves its repository.
///
/// @param startupModels the models to load at the start where callers load the others; [#ALL] stands for all
/// @param standardDevice of models whose configuration names none
/// @param runners how many threads will run each model
/// @param strictReadiness whether a model that failed to load at the start keeps the server from being ready
/// @param pollEvery how long from one look at the repository to the next, where it is watched
/// @param memory what may be in memory, and when
public record RegistrySettings(
        ModelRepository repository,
        ModelControlMode mode,
        Set<String> startupModels,
        Device standardDevice,
        int runners,
        boolean strictReadiness,
        Duration pollEvery,
        MemoryRules memory) {
    public static final String ALL = "*";

    public RegistrySettings {
        startupModels = Set.copyOf(startupModels);
        Check.argument(runners > 0, "runners: %d (expected: > 0)", runners);
        Check.argument(
                mode == ModelControlMode.EXPLICIT || startupModels.isEmpty(),
                "models to load at the start: %s (expected: none, as model control mode none loads all)",
                startupModels);
        Check.argument(
                mode != ModelControlMode.POLL || pollEvery.isPositive(),
                "time between two looks at the repository: %s (expected: > 0s)",
                pollEvery);
    }

    /// Of a repository that is not watched, with as much memory as it takes.
    public RegistrySettings(
            ModelRepository repository,
            ModelControlMode mode,
            Set<String> startupModels,
            Device standardDevice,
            int runners,
            boolean strictReadiness) {
        this(
                repository,
                mode,
                startupModels,
                standardDevice,
                runners,
                strictReadiness,
                Duration.ZERO,
                MemoryRules.UNLIMITED);
    }
}
