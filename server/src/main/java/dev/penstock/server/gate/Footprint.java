package dev.penstock.server.gate;

import dev.penstock.core.Check;

/// What a version takes of this machine.
///
/// @param fileBytes of all its files
/// @param measuredBytes what the process grew by when it was loaded, see [ProcessMemory]; -1 if nobody looked
/// @param roomBytes what is left for models, as if this one were not loaded; -1 if that has no limit
public record Footprint(long fileBytes, long measuredBytes, long roomBytes) {
    public Footprint {
        Check.argument(fileBytes >= 0, "fileBytes: %d (expected: >= 0)", fileBytes);
        Check.argument(measuredBytes >= -1, "measuredBytes: %d (expected: >= -1)", measuredBytes);
        Check.argument(roomBytes >= -1, "roomBytes: %d (expected: >= -1)", roomBytes);
    }

    /// Of files only; nothing was measured and there is no limit.
    public static Footprint ofFiles(long fileBytes) {
        return new Footprint(fileBytes, -1, -1);
    }
}
