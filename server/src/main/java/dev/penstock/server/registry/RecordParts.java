package dev.penstock.server.registry;

import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.Sources;
import dev.penstock.server.store.ModelStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/// What registered models need.
///
/// @param store opens the record, or throws a [dev.penstock.server.store.StoreException]; it is tried again
///     until it can be opened, and closed with the registry
/// @param files are to stay open longer than the registry
/// @param sharing is to stay open longer, too
/// @param replica this server
/// @param retry how long to wait before what failed is tried again
public record RecordParts(
        Supplier<ModelStore> store,
        ModelFiles files,
        Sources sources,
        UploadSharing sharing,
        VersionGates gates,
        VersionTrust trust,
        InstantSource time,
        Replica replica,
        Duration retry) {
    public static final Duration USUAL_RETRY = Duration.ofSeconds(10);
}
