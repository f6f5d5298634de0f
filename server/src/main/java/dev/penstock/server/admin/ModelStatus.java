package dev.penstock.server.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One model and its versions.
///
/// @param versions oldest first
/// @param warnings what was ignored in its configuration
/// @param reason why the model as a whole cannot be served, or ""
public record ModelStatus(String name, List<VersionStatus> versions, List<String> warnings, String reason) {
    public ModelStatus {
        versions = List.copyOf(versions);
        warnings = List.copyOf(warnings);
    }

    /// The version a request without one goes to, or null if none is ready.
    public @Nullable VersionStatus newestReady() {
        return versions.reversed().stream()
                .filter(version -> version.state() == VersionState.READY)
                .findFirst()
                .orElse(null);
    }

    public @Nullable VersionStatus version(long number) {
        return versions.stream()
                .filter(version -> version.version() == number)
                .findFirst()
                .orElse(null);
    }
}
