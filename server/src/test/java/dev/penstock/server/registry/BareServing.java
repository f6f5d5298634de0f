package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.NanoClock;
import dev.penstock.router.RouteTable;
import dev.penstock.server.memory.MemoryLedger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// What serves, without a registry around it.
final class BareServing {
    private BareServing() {}

    static ServingSet of(FakeLoader loader, LoaderThread thread, Consumer<RouteTable> routes, MemoryRules rules) {
        MemoryLedger ledger = new MemoryLedger(rules.budgetBytes(), NanoClock.SYSTEM);
        return new ServingSet(
                new VersionLoader(loader, 1),
                Device.CPU,
                new ServingSurroundings(
                        thread,
                        routes,
                        NoCaches.caches(),
                        key -> {},
                        VersionWatch.NONE,
                        model -> {},
                        NanoClock.SYSTEM,
                        new MemoryParts(ledger, new MemoryCounts(), rules, model -> {}),
                        UnaryOperator.identity()));
    }
}
