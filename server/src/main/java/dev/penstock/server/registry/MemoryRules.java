package dev.penstock.server.registry;

import dev.penstock.server.memory.MemoryBudget;
import dev.penstock.server.memory.ProcessMemory;

/// How the registry uses memory.
///
/// @param budgetBytes of all versions together; [MemoryBudget#NONE] for no limit
/// @param registeredOnDemand whether registered models that do not say are loaded when they are asked for
/// @param meter read before and after each load
public record MemoryRules(long budgetBytes, boolean registeredOnDemand, ProcessMemory.Meter meter) {
    /// All is in memory, whatever that takes.
    public static final MemoryRules UNLIMITED = new MemoryRules(MemoryBudget.NONE, false, ProcessMemory.Meter.SYSTEM);
}
