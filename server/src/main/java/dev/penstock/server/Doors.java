package dev.penstock.server;

import dev.penstock.server.admin.RoutedCatalog;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.config.DoorKeys;
import dev.penstock.server.config.Key;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.ServerConfig.Endpoint;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.RoutedModels;
import dev.penstock.server.grpc.GrpcDoor;
import dev.penstock.server.grpc.door.ConnectionSettings;
import dev.penstock.server.rest.EventLoops;
import dev.penstock.server.rest.HttpHandler;
import dev.penstock.server.rest.HttpLimits;
import dev.penstock.server.rest.HttpListener;
import dev.penstock.server.rest.MetricsRoutes;
import dev.penstock.server.rest.RestApi;
import dev.penstock.server.rest.Scrape;
import dev.penstock.server.telemetry.Telemetry;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where callers come in: REST, gRPC, metrics and the admin port. The [Site]'s lifecycle owns them, and
/// closes them before all else. [#drain] is for one thread.
final class Doors {
    private static final System.Logger LOG = System.getLogger(Doors.class.getName());

    private final Site site;
    private final RequestPath path;
    private final ServedModels models;
    private final EventLoops loops;
    private final HttpListener rest;
    private final GrpcDoor grpc;
    private final Addresses addresses;

    /// Opens them.
    ///
    /// @throws CannotBindException if an address cannot be had
    Doors(Site site, RequestPath path, ServedModels models, Oversight oversight) {
        this.site = site;
        this.path = path;
        this.models = models;
        ServerConfig config = site.config();
        AdminPort adminPort = site.lifecycle().own(adminPort(oversight));
        this.loops =
                site.lifecycle().own(EventLoops.start(config.work().threads().ioOn(site.processors())));
        ByteBudget budget = budget(config);
        site.telemetry().inFlight(budget::held, budget.maxBytes());
        CallWatch watch = CallWatching.start(
                config, models.routes()::assignmentVersion, site.lifecycle(), site.telemetry(), site.clock());
        this.rest = rest(watch, budget);
        HttpListener metrics =
                plain(DoorKeys.METRICS_PORT, config.ports().metrics().endpoint(), metrics());
        HttpListener admin = site.lifecycle().own(adminPort.listen(loops));
        this.grpc = grpc(watch, budget);
        this.addresses = new Addresses(
                at(config.ports().http().endpoint(), rest.port()),
                at(config.ports().grpc().endpoint(), grpc.port()),
                at(config.ports().metrics().endpoint(), metrics.port()),
                at(config.ports().admin(), admin.port()));
    }

    private AdminPort adminPort(Oversight oversight) {
        return new AdminPort(
                site.config(),
                models.registry(),
                models.recorded(),
                oversight.monitoring(),
                path.feedback(),
                oversight.alerting(),
                models.routes(),
                oversight.rollouts(),
                site.clock());
    }

    /// Of all doors together, so that none takes what another has given away.
    private static ByteBudget budget(ServerConfig config) {
        long asked = config.work().maxInFlightBytes();
        long chosen = ByteBudget.bytesFor(
                Runtime.getRuntime().maxMemory(), config.ports().largestRequestBytes());
        return new ByteBudget(asked == 0 ? chosen : asked, "in-flight.max-bytes");
    }

    private MetricsRoutes metrics() {
        return new MetricsRoutes(accept -> {
            Telemetry.Exposition exposition = site.telemetry().scrape(accept);
            return new Scrape.Page(exposition.contentType(), exposition.body());
        });
    }

    private HttpListener plain(Key<Integer> key, Endpoint endpoint, HttpHandler handler) {
        try {
            return site.lifecycle()
                    .own(HttpListener.start(loops, endpoint.host(), endpoint.port(), HttpLimits.SMALL, handler));
        } catch (IOException e) {
            throw new CannotBindException(key, endpoint, e);
        }
    }

    private HttpListener rest(@Nullable CallWatch watch, ByteBudget budget) {
        ServerConfig.Http asked = site.config().ports().http();
        Endpoint endpoint = asked.endpoint();
        RestApi api = new RestApi(
                path.router(),
                new RoutedCatalog(models.registry(), path.router()),
                models.registry(),
                site.config().name(),
                Version.TEXT,
                path.feedback());
        RoutedModels fast =
                new RoutedModels(path.router(), path.batching(), site.stats(), site.clock(), watch, path.taps());
        HttpLimits limits = HttpLimits.DEFAULT.withMaxBody(asked.maxBodyBytes(), "http.max-body-bytes");
        try {
            return site.lifecycle()
                    .own(HttpListener.start(
                            loops, endpoint.host(), endpoint.port(), limits, api, fast, budget, site.clock()));
        } catch (IOException e) {
            throw new CannotBindException(DoorKeys.HTTP_PORT, endpoint, e);
        }
    }

    private GrpcDoor grpc(@Nullable CallWatch watch, ByteBudget budget) {
        Endpoint endpoint = site.config().ports().grpc().endpoint();
        try {
            GrpcDoor door = site.lifecycle()
                    .own(GrpcDoor.start(
                            endpoint.host(),
                            endpoint.port(),
                            grpcSettings(),
                            budget,
                            path.router(),
                            path.batching(),
                            site.stats(),
                            new RoutedCatalog(models.registry(), path.router()),
                            models.registry(),
                            site.config().name(),
                            Version.TEXT,
                            site.clock(),
                            watch,
                            path.taps(),
                            path.feedback()));
            models.registry().onModelChange(door::refreshHealth);
            // What changed before it listened.
            door.refreshHealth();
            return door;
        } catch (IOException e) {
            throw new CannotBindException(DoorKeys.GRPC_PORT, endpoint, e);
        }
    }

    private GrpcDoor.Settings grpcSettings() {
        ServerConfig.Grpc asked = site.config().ports().grpc();
        ServerConfig.Connections connections = asked.connections();
        return new GrpcDoor.Settings(
                asked.maxMessageBytes(),
                GrpcDoor.Settings.DEFAULT_MAX_CALLS_PER_CONNECTION,
                site.config().work().threads().ioOn(site.processors()),
                asked.transport(),
                asked.compressFromBytes(),
                new ConnectionSettings(
                        connections.maxAge(),
                        connections.maxAgeGrace(),
                        connections.maxIdle(),
                        connections.keepAliveTime(),
                        connections.keepAliveTimeout(),
                        connections.permitKeepAliveTime()));
    }

    private static Endpoint at(Endpoint asked, int port) {
        return new Endpoint(asked.host(), port);
    }

    Addresses addresses() {
        return addresses;
    }

    /// Stops as callers and load balancers need it: not ready, but serving, for the drain delay; then no new
    /// work, and what is under way is finished. Blocks until then.
    void drain(Termination termination) {
        ServerConfig.Shutdown shutdown = site.config().shutdown();
        LOG.log(System.Logger.Level.INFO, "draining: not ready any more, still serving for {0}", shutdown.drainDelay());
        models.registry().stopServing();
        grpc.stopServing();
        termination.pause(shutdown.drainDelay());
        long endNanos = site.clock().nanoTime() + shutdown.drainTimeout().toNanos();
        rest.stopAccepting();
        boolean grpcDone = grpc.drain(shutdown.drainTimeout());
        boolean restDone =
                awaitRest(Duration.ofNanos(Math.max(0, endNanos - site.clock().nanoTime())));
        if (!grpcDone || !restDone) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "some requests took longer than shutdown.drain-timeout, {0}, and were cut off",
                    shutdown.drainTimeout());
        }
    }

    private boolean awaitRest(Duration patience) {
        try {
            return rest.awaitDrained(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
