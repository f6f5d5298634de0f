package dev.penstock.server.config;

import dev.penstock.core.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is noted of routed requests, and whom rollouts may ask.
///
/// @param exposureFolder for files of which arm had which request; empty for none
/// @param exposureRatio of routed requests that are noted, from 0 to 1
/// @param fileBytes after which a new file is begun
/// @param fileAge the same
/// @param totalBytes of all files
/// @param queueSize requests that may wait to be noted
/// @param gateHosts that metrics of rollouts may ask
public record RoutingConfig(
        Optional<Path> exposureFolder,
        double exposureRatio,
        long fileBytes,
        Duration fileAge,
        long totalBytes,
        int queueSize,
        List<String> gateHosts) {
    /// Nothing is noted, and nobody asked.
    public static final RoutingConfig OFF =
            new RoutingConfig(Optional.empty(), 0, 64L << 20, Duration.ofMinutes(10), 1L << 30, 8192, List.of());

    public RoutingConfig {
        gateHosts = List.copyOf(gateHosts);
        Check.argument(fileAge.isPositive(), "exposures.file-age: %s (expected: > 0s)", fileAge);
        Check.argument(fileBytes > 0, "exposures.file-bytes: %d (expected: > 0)", fileBytes);
        Check.argument(
                totalBytes >= 2 * fileBytes,
                "exposures.max-bytes: %d (expected: at least %d, twice exposures.file-bytes)",
                totalBytes,
                2 * fileBytes);
    }

    /// Whether anything is noted.
    public boolean notesExposures() {
        return exposureFolder.isPresent() && exposureRatio > 0;
    }
}
