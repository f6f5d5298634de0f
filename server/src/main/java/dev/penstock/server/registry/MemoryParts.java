package dev.penstock.server.registry;

import dev.penstock.server.memory.MemoryLedger;
import dev.penstock.server.memory.MemoryUsage;
import java.util.function.Consumer;

/// What the registry's memory is made of.
///
/// @param rules how it is used
/// @param troubled told of a registered model that could not be loaded when it was asked for
record MemoryParts(MemoryLedger ledger, MemoryCounts counts, MemoryRules rules, Consumer<String> troubled) {
    boolean isOnDemand(ModelFolder folder, ModelSettings settings) {
        return settings.residence().onDemand(folder.wish() != null && rules.registeredOnDemand());
    }

    MemoryUsage usage() {
        return new MemoryUsage(
                ledger.budgetBytes(),
                ledger.shares().stream()
                        .map(share -> new MemoryUsage.Held(share.key(), share.footprint(), share.leases()))
                        .toList(),
                counts.now());
    }
}
