package dev.penstock.server.grpc;

import dev.penstock.core.NanoClock;
import dev.penstock.proto.admin.ModelAdminGrpc;
import dev.penstock.proto.admin.MonitoringGrpc;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.grpc.door.AdoptedConnections;
import dev.penstock.server.grpc.door.BridgedLimits;
import dev.penstock.server.grpc.door.ConnectionSettings;
import dev.penstock.server.grpc.door.DoorSettings;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.upload.UploadSettings;
import dev.penstock.server.wire.MessageLimit;
import dev.penstock.server.wire.RequestIds;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// gRPC on the admin port: the admin API and reflection, on connections that the port's listener hands over.
public final class AdminDoor implements AutoCloseable {
    /// What callers of gRPC send without being told otherwise.
    private static final MessageLimit MESSAGES = MessageLimit.fixed(4 << 20);

    /// Methods that take pieces of files; all else is small.
    private static final Set<String> UPLOADS = Set.of(
            ModelAdminGrpc.getRegisterMethod().getFullMethodName(),
            MonitoringGrpc.getAddBaselineMethod().getFullMethodName());

    private static final MessageLimit SMALL_MESSAGES = MessageLimit.fixed(64 << 10);

    /// For a server that has no uploads.
    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(60);

    private static final int MAX_CALLS_PER_CONNECTION = 100;

    /// What a caller may send on one call before it is read.
    private static final int WINDOW_BYTES = 256 << 10;

    private static final int CONNECTION_WINDOW_BYTES = 4 << 20;
    private static final int MAX_METADATA_BYTES = 16 << 10;

    /// A message that arrives and one that is read, for each of 8 uploads.
    private static final long BUDGET_BYTES = 64L << 20;

    private final OpenStreams streams = new OpenStreams();
    private final AdoptedConnections connections;

    private AdminDoor(List<BindableService> own, Duration patience, NanoClock clock) {
        DoorSettings settings = new DoorSettings(
                1,
                MESSAGES,
                MAX_CALLS_PER_CONNECTION,
                WINDOW_BYTES,
                CONNECTION_WINDOW_BYTES,
                MAX_METADATA_BYTES,
                DoorSettings.NEVER_COMPRESS,
                ConnectionSettings.DEFAULT,
                List.of());
        WireServices wire = new WireServices(RequestIds.random(), streams, MESSAGES, Integer.MAX_VALUE, false);
        List<ServerServiceDefinition> services = new ArrayList<>();
        List<BindableService> all = new ArrayList<>(own);
        all.add(ProtoReflectionServiceV1.newInstance());
        all.add(GrpcDoor.olderReflection());
        all.forEach(each -> services.add(wire.wrap(each.bindService())));
        // Calls that never send all they announce would take the place of those that do.
        BridgedLimits limits = new BridgedLimits(UPLOADS, SMALL_MESSAGES, patience);
        this.connections = new AdoptedConnections(settings, limits, new ByteBudget(BUDGET_BYTES, ""), services, clock);
    }

    /// For a server that keeps no record: it only tells what there is.
    public static AdminDoor of(
            Catalog catalog, RouteAdmin routes, Rollouts rollouts, Monitoring monitoring, NanoClock clock) {
        return new AdminDoor(
                List.of(
                        new AdminService(catalog, null, null),
                        new RoutingService(routes),
                        new RolloutService(rollouts),
                        new MonitoringService(monitoring, catalog, USUAL_PATIENCE, clock)),
                USUAL_PATIENCE,
                clock);
    }

    /// @param uploads the same as other doors'
    /// @param rollouts null where there are none
    /// @param monitoring null where nothing is monitored
    /// @param patience with uploads that stand still and with other requests to arrive
    public static AdminDoor of(
            Catalog catalog,
            ModelAdmin admin,
            UploadSettings uploads,
            RouteAdmin routes,
            @Nullable Rollouts rollouts,
            @Nullable Monitoring monitoring,
            Duration patience,
            NanoClock clock) {
        RegisterCalls registering = new RegisterCalls(admin, uploads, patience, clock);
        List<BindableService> services =
                new ArrayList<>(List.of(new AdminService(catalog, admin, registering), new RoutingService(routes)));
        if (rollouts != null) {
            services.add(new RolloutService(rollouts));
        }
        if (monitoring != null) {
            services.add(new MonitoringService(monitoring, catalog, patience, clock));
        }
        return new AdminDoor(services, patience, clock);
    }

    /// Adds gRPC to the end of a channel's pipeline. Called on its event loop; it is to be told afterwards
    /// that the channel is active, and then what it has sent.
    public void adopt(Channel channel) {
        connections.adopt(channel);
    }

    /// Has a connection end when the calls under way on it have, as the port closes; uploads are ended, also
    /// those that begin later. Called on its event loop.
    public void drain(Channel channel) {
        streams.endAll();
        AdoptedConnections.drain(channel);
    }

    /// To be called when the port's event loops have ended.
    @Override
    public void close() {
        connections.close();
    }
}
