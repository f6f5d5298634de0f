package dev.penstock.server.payload;

import java.nio.file.Path;
import java.time.Duration;

/// Where exposures are kept.
///
/// @param fileBytes after which a new file is begun
/// @param fileAge the same
/// @param totalBytes of all files
public record ExposureSettings(Path folder, long fileBytes, Duration fileAge, long totalBytes) {}
