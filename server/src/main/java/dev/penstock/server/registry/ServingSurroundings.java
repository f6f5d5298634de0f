package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import dev.penstock.router.RouteTable;
import dev.penstock.router.cache.ResponseCaches;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// What a [ServingSet] needs of the server.
///
/// @param loaderThread closes what is retired
/// @param routes gets every new table
/// @param caches where versions get their caches
/// @param gone told of every version that left memory
/// @param watch follows the versions
/// @param changed told after every change of the snapshot of the model that changed, or "" if it may be any
/// @param memory what versions get their room of
/// @param forCallers takes out of a reason what only the log may tell
record ServingSurroundings(
        Executor loaderThread,
        Consumer<RouteTable> routes,
        ResponseCaches caches,
        VersionListener gone,
        VersionWatch watch,
        Consumer<String> changed,
        NanoClock clock,
        MemoryParts memory,
        UnaryOperator<String> forCallers) {}
