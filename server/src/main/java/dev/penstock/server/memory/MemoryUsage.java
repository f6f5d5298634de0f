package dev.penstock.server.memory;

import dev.penstock.core.ModelKey;
import java.util.List;

/// Who holds the memory for models, and what happened for want of it. A moment's view.
///
/// @param budgetBytes of all versions together; 0 for no limit
/// @param held by each load of a version: one may be in memory twice while it is replaced
public record MemoryUsage(long budgetBytes, List<Held> held, Counts counts) {
    public MemoryUsage {
        held = List.copyOf(held);
    }

    /// What one holds.
    ///
    /// @param leases how many have it in use
    public record Held(ModelKey key, Footprint footprint, int leases) {}

    /// Since the start.
    ///
    /// @param loads of versions that were asked for
    /// @param failures of such loads
    /// @param refusals of loads for which there was no room
    /// @param evictions of versions for others
    public record Counts(long loads, long failures, long refusals, long evictions) {}
}
