package dev.penstock.server;

import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.Batching;
import dev.penstock.core.batching.InlineOrder;
import dev.penstock.core.batching.QueueBounds;
import dev.penstock.monitor.LoadStats;
import dev.penstock.monitor.ServingStats;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import dev.penstock.router.RequestTap;
import dev.penstock.router.RouteTable;
import dev.penstock.router.Router;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.cache.ResponseCaches;
import dev.penstock.router.waiting.WaitingRoom;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxLoader;
import dev.penstock.server.admin.CountRecords;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.RoutedCatalog;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.arms.ArmWatch;
import dev.penstock.server.arms.LocalGuard;
import dev.penstock.server.arms.Predictions;
import dev.penstock.server.arms.RouteTaps;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.config.ByteSize;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.DoorKeys;
import dev.penstock.server.config.Key;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.ServerConfig.Endpoint;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.RoutedModels;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.FeedbackSettings;
import dev.penstock.server.grpc.GrpcDoor;
import dev.penstock.server.grpc.door.ConnectionSettings;
import dev.penstock.server.memory.MemoryBudget;
import dev.penstock.server.memory.MemoryUsage;
import dev.penstock.server.memory.ProcessMemory;
import dev.penstock.server.monitoring.ModelOrder;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.MonitoringSettings;
import dev.penstock.server.monitoring.Sharing;
import dev.penstock.server.payload.PayloadLog;
import dev.penstock.server.registry.MemoryRules;
import dev.penstock.server.registry.ModelRepository;
import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.registry.Registry;
import dev.penstock.server.registry.RegistrySettings;
import dev.penstock.server.rest.EventLoops;
import dev.penstock.server.rest.HttpHandler;
import dev.penstock.server.rest.HttpLimits;
import dev.penstock.server.rest.HttpListener;
import dev.penstock.server.rest.MetricsRoutes;
import dev.penstock.server.rest.NetworkMemory;
import dev.penstock.server.rest.RestApi;
import dev.penstock.server.rest.Scrape;
import dev.penstock.server.rollout.Around;
import dev.penstock.server.rollout.ExternalGates;
import dev.penstock.server.rollout.GateQuestions;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.shadow.RowRunners;
import dev.penstock.server.shadow.ShadowSettings;
import dev.penstock.server.shadow.Shadows;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import dev.penstock.server.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The whole server, put together and running: the one place where the parts meet.
final class RunningGateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningGateway.class.getName());

    private final ServerConfig config;
    private final NanoClock clock;
    private final NativeHandles handles = new NativeHandles();
    private final Lifecycle lifecycle = new Lifecycle();
    private final Batching batching;
    private final Router router;
    private final Registry registry;
    private final Recordings recordings;
    private final RouteAdmin routes;
    private final ArmLedgers arms;
    private final Shadows shadows;
    private final Monitoring monitoring;
    private final Feedback feedback;
    private final HttpListener rest;
    private final GrpcDoor grpc;
    private final Addresses addresses;

    /// @throws CannotBindException if an address cannot be had; nothing is left running
    static RunningGateway start(ServerConfig config, NanoClock clock) {
        return start(config, clock, parts -> parts);
    }

    /// @param around gives back what registered models need, perhaps with something around each part
    static RunningGateway start(ServerConfig config, NanoClock clock, UnaryOperator<RecordParts> around) {
        return new RunningGateway(config, clock, around);
    }

    private RunningGateway(ServerConfig config, NanoClock clock, UnaryOperator<RecordParts> around) {
        this.config = config;
        this.clock = clock;
        boolean started = false;
        try {
            int processors = Runtime.getRuntime().availableProcessors();
            int workers = config.threads().workersOn(processors);
            OnnxLoader loader = new OnnxLoader(handles);
            ServingStats stats = new ServingStats();
            LoadStats loads = new LoadStats();
            Telemetry telemetry = lifecycle.own(new Telemetry(
                    stats, config.metrics().tritonNames(), config.metrics().maxSeries()));
            // Both doors' loops may run models.
            InlineOrder inline = new InlineOrder(
                    2 * config.threads().ioOn(processors),
                    config.threads().inlineBudget().toNanos());
            recordings = recordings();
            feedback = lifecycle.own(feedback());
            batching = lifecycle.own(Batching.start(workers, inline, queueBounds(), clock, stats, recordings));
            WaitingRoom waitingRoom = lifecycle.own(new WaitingRoom(waiting(), clock));
            PayloadLog payloads = PayloadLogging.start(config, lifecycle, telemetry, clock);
            shadows = new Shadows(
                    shadowSettings(),
                    batching::queued,
                    RowRunners.of(batching, batching.backgroundRunner()),
                    batching.backgroundRunner(),
                    clock);
            AtomicReference<@Nullable Router> routing = new AtomicReference<>();
            Supplier<RouteTable> table = () -> tableOf(routing.get());
            Predictions predictions = new Predictions(table);
            RouteTaps taps = payloads == null
                    ? new RouteTaps(predictions, shadows, RequestTap.NONE, FastTap.Source.NONE)
                    : new RouteTaps(predictions, shadows, payloads, payloads);
            router = new Router(batching, stats, clock, waitingRoom, taps);
            routing.set(router);
            arms = new ArmLedgers(RunningGateway::tripped, clock.nanoTime(), InstantSource.system());
            feedback.tell(arms);
            LocalGuard guard = new LocalGuard(table, arms);
            ResponseCaches caches = lifecycle.own(new ResponseCaches(cacheSettings(), stats, clock));
            RecordParts parts = RecordAssembly.of(config.registered(), lifecycle, System.getenv(), clock);
            RecordParts recorded = parts == null ? null : around.apply(parts);
            registry = lifecycle.own(Registry.start(
                    registrySettings(batching.runners()),
                    batching.preparing(loader),
                    router::publish,
                    caches,
                    new CountedVersions(stats, loads, caches, feedback),
                    clock,
                    recorded));
            PublishedRoutes published = new PublishedRoutes(registry::reroute, arms);
            routes = RouteAdmin.start(registry.routes(), registry, published);
            // Before the models are closed, and after the doors.
            lifecycle.own(shadows).start(table);
            monitoring = lifecycle.own(monitoring(processors, recorded));
            feedback.estimateFrom(monitoring::evaluation);
            monitoring.alongside(feedback::tick, feedback::alerts);
            monitoring.start();
            lifecycle
                    .own(new ArmWatch(List.of(guard::tick, () -> arms.tick(clock.nanoTime()))))
                    .start();
            Alerting alerting = lifecycle.own(AlertSending.of(config, monitoring, System.getenv()));
            alerting.start();
            Rollouts rollouts = lifecycle.own(rollouts(published, new RolloutSight(arms, shadows), alerting, recorded));
            rollouts.start();
            telemetry.rollouts(rollouts);
            watch(telemetry, batching, caches);
            telemetry.monitoring(monitoring::watched, monitoring::activeAlerts);
            telemetry.feedback(feedback);
            telemetry.routes(routes::specs);
            telemetry.arms(arms, shadows);
            if (config.alerts().isOn()) {
                telemetry.alerting(alerting::receivers);
            }
            telemetry.loads(loads, () -> VersionStates.count(registry.models()));
            telemetry.memory(registry::memory, waitingRoom::waiting);

            AdminPort adminPort = lifecycle.own(
                    new AdminPort(config, registry, recorded, monitoring, feedback, alerting, routes, rollouts, clock));
            EventLoops loops = lifecycle.own(EventLoops.start(config.threads().ioOn(processors)));
            Endpoint http = config.http().endpoint();
            ByteBudget budget = budget();
            telemetry.inFlight(budget::held, budget.maxBytes());
            CallWatch watch = CallWatching.start(config, routes::assignmentVersion, lifecycle, telemetry, clock);
            RestApi api = new RestApi(
                    router, new RoutedCatalog(registry, router), registry, config.name(), Version.TEXT, feedback);
            rest = listen(loops, http, api, new RoutedModels(router, batching, stats, clock, watch, taps), budget);
            HttpListener metrics = listen(
                    loops,
                    DoorKeys.METRICS_PORT,
                    config.metrics().endpoint(),
                    HttpLimits.SMALL,
                    new MetricsRoutes(accept -> {
                        Telemetry.Exposition exposition = telemetry.scrape(accept);
                        return new Scrape.Page(exposition.contentType(), exposition.body());
                    }));
            HttpListener admin = lifecycle.own(adminPort.listen(loops));
            grpc = listen(router, batching, stats, budget, watch, taps, processors);
            addresses = new Addresses(
                    at(http, rest.port()),
                    at(config.grpc().endpoint(), grpc.port()),
                    at(config.metrics().endpoint(), metrics.port()),
                    at(config.admin(), admin.port()));
            started = true;
        } finally {
            if (!started) {
                lifecycle.close();
            }
        }
    }

    private static RouteTable tableOf(@Nullable Router router) {
        return router == null ? RouteTable.EMPTY : router.table();
    }

    private Rollouts rollouts(
            PublishedRoutes published, RolloutSight sight, Alerting alerting, @Nullable RecordParts recorded) {
        return new Rollouts(new Around(
                registry.routes(),
                routes,
                published,
                sight,
                registry,
                recorded == null ? null : registry.admin(),
                gates(),
                alerting::tell,
                recorded == null ? "" : recorded.replica().id(),
                InstantSource.system(),
                () -> UUID.randomUUID().toString().substring(0, 8)));
    }

    private ExternalGates gates() {
        Hosts hosts = new Hosts(config.routing().gateHosts(), Resolver.SYSTEM, "rollouts.allowed-hosts");
        String secret = System.getenv().getOrDefault(Alerting.SECRET_VARIABLE, "");
        InstantSource time = InstantSource.system();
        return new ExternalGates(
                new GateQuestions(
                        hosts,
                        new WebhookSigner(secret),
                        time,
                        () -> UUID.randomUUID().toString()),
                time);
    }

    private static void tripped(ArmKey key, String reason) {
        LOG.log(
                System.Logger.Level.WARNING,
                "route {0}: arm {1}, {2}, gets no requests here, unless its rollout only observes: {3}",
                key.route(),
                key.arm(),
                key.target(),
                reason);
    }

    private RegistrySettings registrySettings(int runners) {
        ServerConfig.Models models = config.models();
        Device device = models.defaultDevice();
        return new RegistrySettings(
                ModelRepository.of(models.repositories()),
                models.controlMode(),
                Set.copyOf(models.load()),
                device,
                runners,
                models.strictReadiness(),
                models.pollEvery(),
                memoryRules());
    }

    private MemoryRules memoryRules() {
        ServerConfig.Memory memory = config.memory();
        long budget = memory.budgetBytes() == ByteSize.AUTO ? MemoryBudget.ofThisMachine() : memory.budgetBytes();
        Path signatures = config.registered()
                .dataDir()
                .map(data -> data.resolve("signatures"))
                .orElse(null);
        return new MemoryRules(
                budget, memory.registeredOnDemand(), ProcessMemory.Meter.SYSTEM, signatures, memory.maxWait());
    }

    private WaitingRoom.Settings waiting() {
        ServerConfig.Memory memory = config.memory();
        return new WaitingRoom.Settings(memory.maxWaiting(), memory.maxWait());
    }

    private Recordings recordings() {
        ServerConfig.Monitoring monitoring = config.monitoring();
        return new Recordings(
                (_, parameters) -> ModelOrder.of(parameters, monitoring.outputs(), DriftRules.STANDARD)
                        .settings(),
                new RecordingMemory(monitoring.maxBytes()),
                clock);
    }

    private Monitoring monitoring(int processors, @Nullable RecordParts recorded) {
        ServerConfig.Monitoring asked = config.monitoring();
        MonitoringSettings settings = new MonitoringSettings(
                DriftRules.STANDARD.withMinSamples(asked.minSamples()),
                asked.window(),
                asked.evaluateEvery(),
                asked.baselineRows(),
                asked.cpuShare());
        Path folder = config.registered()
                .dataDir()
                .map(data -> data.resolve("monitoring"))
                .orElse(null);
        return new Monitoring(
                recordings::open,
                this::serves,
                recordings.memory(),
                settings,
                processors,
                registry.baselines(),
                sharing(recorded),
                folder,
                InstantSource.system());
    }

    /// A record in a file is one server's.
    private @Nullable Sharing sharing(@Nullable RecordParts recorded) {
        CountRecords counts = registry.counts();
        return counts == null
                        || recorded == null
                        || config.registered().storeUrl().isEmpty()
                ? null
                : new Sharing(counts, recorded.replica().id());
    }

    /// Whether a version may be asked for, in memory or not.
    private boolean serves(ModelKey key) {
        ModelStatus model = registry.model(key.name());
        return model != null
                && model.versions().stream()
                        .anyMatch(
                                version -> version.version() == key.version() && version.state() == VersionState.READY);
    }

    private Feedback feedback() {
        ServerConfig.Feedback asked = config.feedback();
        FeedbackSettings settings = new FeedbackSettings(
                asked.tokens(),
                asked.keyFile(),
                asked.maxLabelDays(),
                asked.baselineLabels(),
                config.monitoring().window(),
                config.monitoring().evaluateEvery());
        Optional<Path> data = config.registered().dataDir();
        try {
            return new Feedback(
                    settings,
                    data.map(folder -> folder.resolve("feedback.key")).orElse(null),
                    data.map(folder -> folder.resolve("quality")).orElse(null),
                    recordings.memory(),
                    InstantSource.system());
        } catch (UncheckedIOException e) {
            throw new ConfigException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private QueueBounds queueBounds() {
        return new QueueBounds(config.queue().maxRequests(), config.queue().maxBytes());
    }

    private ShadowSettings shadowSettings() {
        ServerConfig.Shadow shadow = config.shadow();
        return new ShadowSettings(shadow.maxCopies(), shadow.maxBytes(), shadow.maxAge(), shadow.cpuBudget());
    }

    private ResponseCaches.Settings cacheSettings() {
        ServerConfig.ResponseCache cache = config.responseCache();
        return new ResponseCaches.Settings(
                cache.maxBytes(), cache.ttl(), config.queue().maxRequests());
    }

    private void watch(Telemetry telemetry, Batching batching, ResponseCaches caches) {
        telemetry.caches(caches::usage);
        telemetry.batching(batching::usage);
        telemetry.gauge(
                "penstock_network_memory_bytes",
                "Memory outside of the heap that buffers of connections have taken.",
                "",
                "",
                () -> (double) NetworkMemory.bytes());
        for (String type : handles.live().keySet()) {
            telemetry.gauge(
                    "penstock_native_handles", "Native objects of ONNX Runtime that are open.", "type", type, () ->
                            (double) handles.live().getOrDefault(type, 0L));
        }
    }

    private HttpListener listen(
            EventLoops loops, Key<Integer> key, Endpoint endpoint, HttpLimits limits, HttpHandler handler) {
        try {
            return lifecycle.own(HttpListener.start(loops, endpoint.host(), endpoint.port(), limits, handler));
        } catch (IOException e) {
            throw new CannotBindException(key, endpoint, e);
        }
    }

    private HttpListener listen(
            EventLoops loops, Endpoint endpoint, RestApi api, FastModels models, ByteBudget budget) {
        HttpLimits limits = HttpLimits.DEFAULT.withMaxBody(config.http().maxBodyBytes(), "http.max-body-bytes");
        try {
            return lifecycle.own(
                    HttpListener.start(loops, endpoint.host(), endpoint.port(), limits, api, models, budget, clock));
        } catch (IOException e) {
            throw new CannotBindException(DoorKeys.HTTP_PORT, endpoint, e);
        }
    }

    /// Of all doors together, so that none takes what another has given away.
    private ByteBudget budget() {
        long asked = config.maxInFlightBytes();
        long chosen = ByteBudget.bytesFor(Runtime.getRuntime().maxMemory(), config.largestRequestBytes());
        return new ByteBudget(asked == 0 ? chosen : asked, "in-flight.max-bytes");
    }

    private static ConnectionSettings connections(ServerConfig.Connections asked) {
        return new ConnectionSettings(
                asked.maxAge(),
                asked.maxAgeGrace(),
                asked.maxIdle(),
                asked.keepAliveTime(),
                asked.keepAliveTimeout(),
                asked.permitKeepAliveTime());
    }

    private GrpcDoor listen(
            Router router,
            Batching batching,
            ServingStats stats,
            ByteBudget budget,
            @Nullable CallWatch watch,
            FastTap.Source taps,
            int processors) {
        Endpoint endpoint = config.grpc().endpoint();
        GrpcDoor.Settings settings = new GrpcDoor.Settings(
                config.grpc().maxMessageBytes(),
                GrpcDoor.Settings.DEFAULT_MAX_CALLS_PER_CONNECTION,
                config.threads().ioOn(processors),
                config.grpc().transport(),
                config.grpc().compressFromBytes(),
                connections(config.grpc().connections()));
        try {
            GrpcDoor door = lifecycle.own(GrpcDoor.start(
                    endpoint.host(),
                    endpoint.port(),
                    settings,
                    budget,
                    router,
                    batching,
                    stats,
                    new RoutedCatalog(registry, router),
                    registry,
                    config.name(),
                    Version.TEXT,
                    clock,
                    watch,
                    taps,
                    feedback));
            registry.onModelChange(door::refreshHealth);
            // What changed before it listened.
            door.refreshHealth();
            return door;
        } catch (IOException e) {
            throw new CannotBindException(DoorKeys.GRPC_PORT, endpoint, e);
        }
    }

    private static Endpoint at(Endpoint asked, int port) {
        return new Endpoint(asked.host(), port);
    }

    Addresses addresses() {
        return addresses;
    }

    /// Done when every model that should be served was tried.
    CompletableFuture<Void> initialLoad() {
        return registry.initialLoad();
    }

    /// What is loaded from now on is loaded beside requests that are answered.
    void startIsOver() {
        batching.startIsOver();
    }

    List<ModelStatus> models() {
        return registry.models();
    }

    MemoryUsage memory() {
        return registry.memory();
    }

    RouteAdmin routes() {
        return routes;
    }

    ModelAdmin modelAdmin() {
        return registry.admin();
    }

    /// Of what models answer.
    Recordings recorded() {
        return recordings;
    }

    Monitoring monitoring() {
        return monitoring;
    }

    Feedback feedbackTaken() {
        return feedback;
    }

    /// Where tests publish routes.
    Router router() {
        return router;
    }

    /// What becomes of requests to the arms of routes.
    ArmLedgers arms() {
        return arms;
    }

    Shadows shadows() {
        return shadows;
    }

    NativeHandles handles() {
        return handles;
    }

    /// Stops as callers and load balancers need it: not ready, but serving, for the drain delay; then no new
    /// work, and
    /// what is under way is finished. Blocks until then.
    void drain(Termination termination) {
        Duration delay = config.shutdown().drainDelay();
        LOG.log(System.Logger.Level.INFO, "draining: not ready any more, still serving for {0}", delay);
        registry.stopServing();
        grpc.stopServing();
        termination.pause(delay);
        long endNanos = clock.nanoTime() + config.shutdown().drainTimeout().toNanos();
        rest.stopAccepting();
        boolean grpcDone = grpc.drain(config.shutdown().drainTimeout());
        boolean restDone = awaitRest(Duration.ofNanos(Math.max(0, endNanos - clock.nanoTime())));
        if (!grpcDone || !restDone) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "some requests took longer than shutdown.drain-timeout, {0}, and were cut off",
                    config.shutdown().drainTimeout());
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

    /// Closes everything, newest first: the doors, the models, the workers.
    @Override
    public void close() {
        lifecycle.close();
        if (handles.total() != 0) {
            LOG.log(System.Logger.Level.WARNING, "native objects are still open: {0}", handles.live());
        }
    }
}
