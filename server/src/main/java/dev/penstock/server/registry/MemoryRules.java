package dev.penstock.server.registry;

import dev.penstock.core.Check;
import dev.penstock.router.waiting.WaitingRoom;
import dev.penstock.server.memory.MemoryBudget;
import dev.penstock.server.memory.ProcessMemory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the registry uses memory.
///
/// @param budgetBytes of all versions together; [MemoryBudget#NONE] for no limit
/// @param registeredOnDemand whether registered models that do not say are loaded when they are asked for
/// @param meter read before and after each load
/// @param signatures a folder of its own, where it keeps what versions on demand take and give; null for none
/// @param maxWait how long a version stays wanted that somebody asked of without waiting for it
public record MemoryRules(
        long budgetBytes,
        boolean registeredOnDemand,
        ProcessMemory.Meter meter,
        @Nullable Path signatures,
        Duration maxWait) {
    /// All is in memory, whatever that takes.
    public static final MemoryRules UNLIMITED = new MemoryRules(MemoryBudget.NONE, false, ProcessMemory.Meter.SYSTEM);

    public MemoryRules {
        Check.argument(maxWait.isPositive(), "maxWait: %s (expected: > 0s)", maxWait);
    }

    /// Keeps no signatures.
    public MemoryRules(long budgetBytes, boolean registeredOnDemand, ProcessMemory.Meter meter) {
        this(budgetBytes, registeredOnDemand, meter, null, WaitingRoom.Settings.STANDARD.maxWait());
    }
}
