package dev.penstock.server.admin;

import dev.penstock.router.AliasTarget;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One model and its versions.
///
/// @param versions oldest first
/// @param warnings what was ignored in its configuration
/// @param reason why the model as a whole cannot be served, or ""
/// @param aliases by name
public record ModelStatus(
        String name,
        List<VersionStatus> versions,
        List<String> warnings,
        String reason,
        Map<String, AliasTarget> aliases) {
    public ModelStatus {
        versions = List.copyOf(versions);
        warnings = List.copyOf(warnings);
        aliases = Map.copyOf(aliases);
    }

    /// Without aliases.
    public ModelStatus(String name, List<VersionStatus> versions, List<String> warnings, String reason) {
        this(name, versions, warnings, reason, Map.of());
    }

    /// The version a request without one goes to, or null if it is not ready.
    public @Nullable VersionStatus standard() {
        @Nullable AliasTarget stable = aliases.get(AliasTarget.STABLE);
        return stable == null ? newestReady() : stable.pick(this::ready);
    }

    private @Nullable VersionStatus newestReady() {
        return versions.reversed().stream()
                .filter(version -> version.state() == VersionState.READY)
                .findFirst()
                .orElse(null);
    }

    /// @return null unless it is ready
    public @Nullable VersionStatus ready(long number) {
        @Nullable VersionStatus version = version(number);
        return version != null && version.state() == VersionState.READY ? version : null;
    }

    public @Nullable VersionStatus version(long number) {
        return versions.stream()
                .filter(version -> version.version() == number)
                .findFirst()
                .orElse(null);
    }
}
