package dev.penstock.server.registry;

import dev.penstock.server.memory.MemoryBudget;
import dev.penstock.server.memory.ProcessMemory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the registry uses memory.
///
/// @param budgetBytes of all versions together; [MemoryBudget#NONE] for no limit
/// @param registeredOnDemand whether registered models that do not say are loaded when they are asked for
/// @param meter read before and after each load
/// @param signatures a folder of its own, where it keeps what versions on demand take and give; null for none
public record MemoryRules(
        long budgetBytes, boolean registeredOnDemand, ProcessMemory.Meter meter, @Nullable Path signatures) {
    /// All is in memory, whatever that takes.
    public static final MemoryRules UNLIMITED = new MemoryRules(MemoryBudget.NONE, false, ProcessMemory.Meter.SYSTEM);

    /// Keeps no signatures.
    public MemoryRules(long budgetBytes, boolean registeredOnDemand, ProcessMemory.Meter meter) {
        this(budgetBytes, registeredOnDemand, meter, null);
    }
}
