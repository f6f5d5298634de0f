package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.config.DoorKeys;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.ServerConfig.Endpoint;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.grpc.AdminDoor;
import dev.penstock.server.logging.LogLevels;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.registry.Registry;
import dev.penstock.server.rest.AdminRoutes;
import dev.penstock.server.rest.EventLoops;
import dev.penstock.server.rest.Http2Door;
import dev.penstock.server.rest.HttpLimits;
import dev.penstock.server.rest.HttpListener;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.upload.UploadSettings;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// What is behind the admin port: REST, and gRPC on the same address. To be closed after the event loops.
final class AdminPort implements Http2Door, AutoCloseable {
    private final Endpoint endpoint;
    private final AdminRoutes routes;
    private final AdminDoor door;
    private final LogLevels levels = new LogLevels(InstantSource.system());

    /// @param recorded null on a server without a record
    AdminPort(
            ServerConfig config,
            Registry registry,
            @Nullable RecordParts recorded,
            Monitoring monitoring,
            Feedback feedback,
            Alerting alerting,
            RouteAdmin routing,
            Rollouts rollouts,
            NanoClock clock) {
        this.endpoint = config.ports().admin();
        if (recorded == null) {
            routes = new AdminRoutes(registry, levels)
                    .with(monitoring, alerting, feedback)
                    .with(routing)
                    .with(rollouts);
            door = AdminDoor.of(registry, routing, rollouts, monitoring, clock);
        } else {
            UploadSettings uploads = new UploadSettings(
                    recorded.files(), config.registered().maxUploadBytes(), DoorKeys.ADMIN_MAX_UPLOAD_BYTES.name());
            routes = new AdminRoutes(registry, registry.admin(), uploads, levels)
                    .with(monitoring, alerting, feedback)
                    .with(routing)
                    .with(rollouts);
            door = AdminDoor.of(
                    registry,
                    registry.admin(),
                    uploads,
                    routing,
                    rollouts,
                    monitoring,
                    HttpLimits.SMALL.messageTimeout(),
                    clock);
        }
    }

    /// Opens the port; whoever calls closes what listens.
    ///
    /// @throws CannotBindException if the address cannot be had
    HttpListener listen(EventLoops loops) {
        try {
            return HttpListener.start(loops, endpoint.host(), endpoint.port(), HttpLimits.SMALL, routes, this);
        } catch (IOException e) {
            throw new CannotBindException(DoorKeys.ADMIN_PORT, endpoint, e);
        }
    }

    @Override
    public void adopt(Channel channel) {
        door.adopt(channel);
    }

    @Override
    public void drain(Channel channel) {
        door.drain(channel);
    }

    @Override
    public void close() {
        levels.close();
        door.close();
    }
}
