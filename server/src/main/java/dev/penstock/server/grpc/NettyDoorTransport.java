package dev.penstock.server.grpc;

import dev.penstock.core.NanoClock;
import dev.penstock.router.split.UnitSource;
import dev.penstock.server.calls.TraceParent;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.grpc.GrpcDoor.Settings;
import dev.penstock.server.grpc.door.DoorSettings;
import dev.penstock.server.grpc.door.FastDoor;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.MessageLimit;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Calls carried by our own door: inference straight to the lanes, everything else bridged to grpc-java's
/// services.
final class NettyDoorTransport implements Transport {
    private static final int MIB = 1024 * 1024;
    private static final int MAX_METADATA_BYTES = 16 * 1024;

    private final FastDoor door;

    private NettyDoorTransport(FastDoor door) {
        this.door = door;
    }

    /// @throws IOException if the port cannot be opened
    static NettyDoorTransport start(
            InetSocketAddress address,
            Settings settings,
            ByteBudget budget,
            FastModels models,
            List<ServerServiceDefinition> services,
            NanoClock clock)
            throws IOException {
        DoorSettings own = new DoorSettings(
                settings.eventLoops(),
                MessageLimit.set(settings.maxMessageBytes()),
                settings.maxCallsPerConnection(),
                MIB,
                16 * MIB,
                MAX_METADATA_BYTES,
                settings.compressFromBytes() == 0 ? DoorSettings.NEVER_COMPRESS : settings.compressFromBytes(),
                settings.connections(),
                keptMetadata(models));
        return new NettyDoorTransport(
                FastDoor.start(address.getHostString(), address.getPort(), own, budget, models, services, clock));
    }

    /// A trace is looked for only where somebody wants to know.
    private static List<String> keptMetadata(FastModels models) {
        Set<String> kept = new LinkedHashSet<>(List.of(Callers.HEADER));
        if (models.watch() != null) {
            kept.add(TraceParent.HEADER);
            kept.add(TraceParent.STATE_HEADER);
        }
        // So that requests which arrive while a route is published have their units.
        UnitSource.STANDARD.forEach(source -> kept.add(source.name()));
        kept.addAll(models.keptHeaders());
        return List.copyOf(kept);
    }

    @Override
    public int port() {
        return door.port();
    }

    @Override
    public boolean drain(Duration patience) {
        return door.drain(patience);
    }

    @Override
    public void close() {
        door.close();
    }
}
