package dev.penstock.server.config;

import dev.penstock.core.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is noted of routed requests, and whom rollouts may ask.
///
/// @param exposureFolder for files of which arm had which request; empty for none
/// @param exposureSink for CloudEvents of the same, or "" for none
/// @param exposureSinkHeadersFile with headers of every event
/// @param exposureRatio of routed requests that are noted, from 0 to 1
/// @param fileBytes after which a new file is begun
/// @param fileAge the same
/// @param totalBytes of all files
/// @param queueSize requests that may wait to be noted
/// @param gateHosts that metrics of rollouts may ask
public record RoutingConfig(
        Optional<Path> exposureFolder,
        String exposureSink,
        Optional<Path> exposureSinkHeadersFile,
        double exposureRatio,
        long fileBytes,
        Duration fileAge,
        long totalBytes,
        int queueSize,
        List<String> gateHosts) {
    /// Nothing is noted, and nobody asked.
    public static final RoutingConfig OFF = ofExposures(Optional.empty(), "", 0);

    /// @param folder for files of exposures
    /// @param sink for events of them, or ""
    /// @param ratio of routed requests that are noted
    public static RoutingConfig ofExposures(Optional<Path> folder, String sink, double ratio) {
        return new RoutingConfig(
                folder, sink, Optional.empty(), ratio, 64L << 20, Duration.ofMinutes(10), 1L << 30, 8192, List.of());
    }

    public RoutingConfig {
        gateHosts = List.copyOf(gateHosts);
        Check.argument(
                exposureSink.isEmpty() || PayloadConfig.isUrl(exposureSink),
                "exposures.sink: %s (expected: none, or http://host:port/path)",
                exposureSink);
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
        return (exposureFolder.isPresent() || !exposureSink.isEmpty()) && exposureRatio > 0;
    }
}
