package dev.penstock.server;

import dev.penstock.core.Device;
import dev.penstock.core.NanoClock;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.config.AccessLogConfig;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.LogConfig;
import dev.penstock.server.config.LogLevel;
import dev.penstock.server.config.PayloadConfig;
import dev.penstock.server.config.PortsConfig;
import dev.penstock.server.config.RoutingConfig;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.ServerConfig.Endpoint;
import dev.penstock.server.config.TracingConfig;
import dev.penstock.server.config.WatchConfig;
import dev.penstock.server.config.WorkConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whole servers for tests, on ports that are free.
final class TestGateways {
    static final Path ROOT = Path.of(System.getProperty("penstock.root", "."));
    static final Path EXAMPLES = ROOT.resolve("examples");

    private static final Duration INLINE_BUDGET = Duration.of(50, ChronoUnit.MICROS);
    /// Rollouts go on while a test waits for them.
    private static final Duration TICK = Duration.ofMillis(50);

    private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

    private static final ServerConfig.Monitoring USUAL_MONITORING =
            new ServerConfig.Monitoring(true, 1 << 24, Duration.ofHours(1), Duration.ofSeconds(60), 10_000, 500, 0.01);

    private TestGateways() {}

    /// Serves a repository; every model has been tried when this returns.
    static RunningGateway serving(Path repository) {
        return serving(repository, GrpcTransport.GRPC_JAVA);
    }

    static RunningGateway serving(Path repository, GrpcTransport transport) {
        return ready(config(repository, ModelControlMode.NONE, ANYWHERE, transport));
    }

    /// With one worker, behind which everything waits.
    static RunningGateway queueing(Path repository, GrpcTransport transport) {
        return ready(config(repository, ModelControlMode.NONE, ANYWHERE, transport, 1, INLINE_BUDGET));
    }

    /// Loads nothing until it is told to.
    static RunningGateway explicit(Path repository) {
        return ready(config(repository, ModelControlMode.EXPLICIT, ANYWHERE, GrpcTransport.GRPC_JAVA));
    }

    /// On the fast gRPC transport, with callers that load and unload.
    ///
    /// @param inlineBudget models with a faster run are run by event loops
    static RunningGateway fast(Path repository, Duration inlineBudget) {
        return ready(
                config(repository, ModelControlMode.EXPLICIT, ANYWHERE, GrpcTransport.NETTY_DOOR, 2, inlineBudget));
    }

    /// With registered models, kept in `data`, whose files come from the repository's folder, too.
    static RunningGateway recorded(Path repository, Path data, GrpcTransport transport) {
        return ready(recordedConfig(repository, data, "", transport));
    }

    /// The same with files that are encrypted.
    static RunningGateway sealed(Path repository, Path data, Path key) {
        return ready(recordedConfig(repository, data, "", GrpcTransport.NETTY_DOOR, Optional.of(key)));
    }

    /// @param store the URL of the record, or "" for a file among the data
    static ServerConfig recordedConfig(Path repository, Path data, String store, GrpcTransport transport) {
        return recordedConfig(repository, data, store, transport, Optional.empty());
    }

    private static ServerConfig recordedConfig(
            Path repository, Path data, String store, GrpcTransport transport, Optional<Path> key) {
        ServerConfig.Sources sources = new ServerConfig.Sources(
                List.of(), List.of(repository), Optional.empty(), "", "", "", "us-east-1", false, false);
        ServerConfig.Registered record = new ServerConfig.Registered(
                Optional.of(data), store, 1L << 30, key, 1L << 20, sources, List.of(), false, List.of());
        return config(repository, ModelControlMode.NONE, ANYWHERE, transport, 2, INLINE_BUDGET, record);
    }

    /// That learns what is usual from few rows.
    ///
    /// @param data folder that is kept, or null
    static RunningGateway monitored(Path repository, @Nullable Path data, int baselineRows, int minSamples) {
        ServerConfig.Registered record = data == null
                ? ServerConfig.Registered.NONE
                : recordedConfig(repository, data, "", GrpcTransport.NETTY_DOOR).registered();
        return ready(config(
                repository,
                ModelControlMode.NONE,
                ANYWHERE,
                GrpcTransport.NETTY_DOOR,
                2,
                INLINE_BUDGET,
                record,
                ServerConfig.Memory.UNLIMITED,
                new ServerConfig.Monitoring(
                        true, 1 << 24, Duration.ofHours(1), Duration.ofSeconds(60), baselineRows, minSamples, 1)));
    }

    /// The same with somebody who is told of alerts.
    static RunningGateway alerting(Path repository, Path data, int baselineRows, int minSamples, AlertsConfig alerts) {
        ServerConfig base = recordedConfig(repository, data, "", GrpcTransport.NETTY_DOOR);
        ServerConfig.Monitoring monitoring = new ServerConfig.Monitoring(
                true, 1 << 24, Duration.ofHours(1), Duration.ofSeconds(60), baselineRows, minSamples, 1);
        return ready(CopiedConfig.of(base).monitoring(monitoring).alerts(alerts).made());
    }

    /// With all that it has, but for receivers of alerts and files of logs.
    static RunningGateway whole(Path repository, Path data) {
        ServerConfig base = recordedConfig(repository, data, "", GrpcTransport.NETTY_DOOR);
        ServerConfig.Feedback tokens = new ServerConfig.Feedback(true, Optional.empty(), 30, 1_000);
        return ready(CopiedConfig.of(base).feedback(tokens).made());
    }

    /// With a record, and a log of which arm had which request.
    static RunningGateway exposing(Path repository, Path data, GrpcTransport transport, RoutingConfig routing) {
        ServerConfig base = recordedConfig(repository, data, "", transport);
        return ready(CopiedConfig.of(base).routing(routing).made());
    }

    /// With somebody who wants to know of calls.
    static RunningGateway watched(
            Path repository, GrpcTransport transport, AccessLogConfig log, TracingConfig tracing) {
        ServerConfig base = config(repository, ModelControlMode.NONE, ANYWHERE, transport);
        return ready(CopiedConfig.of(base).accessLog(log).tracing(tracing).made());
    }

    /// With a log of payloads.
    static RunningGateway logged(Path repository, GrpcTransport transport, PayloadConfig payload) {
        ServerConfig base = config(repository, ModelControlMode.NONE, ANYWHERE, transport);
        return ready(CopiedConfig.of(base).payload(payload).made());
    }

    /// With a record, and a log of payloads.
    static RunningGateway logged(Path repository, Path data, GrpcTransport transport, PayloadConfig payload) {
        ServerConfig base = recordedConfig(repository, data, "", transport);
        return ready(CopiedConfig.of(base).payload(payload).made());
    }

    private static RunningGateway ready(ServerConfig config) {
        RunningGateway gateway = RunningGateway.start(config, NanoClock.SYSTEM, parts -> parts, TICK);
        gateway.initialLoad().join();
        return gateway;
    }

    static ServerConfig withGrpcAt(Endpoint endpoint, Path repository) {
        return config(repository, ModelControlMode.NONE, endpoint, GrpcTransport.GRPC_JAVA);
    }

    private static ServerConfig config(Path repository, ModelControlMode mode, Endpoint grpc, GrpcTransport transport) {
        return config(repository, mode, grpc, transport, 2, INLINE_BUDGET);
    }

    private static ServerConfig config(
            Path repository,
            ModelControlMode mode,
            Endpoint grpc,
            GrpcTransport transport,
            int workers,
            Duration inlineBudget) {
        return config(repository, mode, grpc, transport, workers, inlineBudget, ServerConfig.Registered.NONE);
    }

    /// With as little memory for models as that.
    static ServerConfig withMemory(Path repository, long budgetBytes) {
        return config(
                repository,
                ModelControlMode.NONE,
                ANYWHERE,
                GrpcTransport.NETTY_DOOR,
                2,
                INLINE_BUDGET,
                ServerConfig.Registered.NONE,
                new ServerConfig.Memory(budgetBytes, false, 1000, Duration.ofSeconds(60)),
                USUAL_MONITORING);
    }

    private static ServerConfig config(
            Path repository,
            ModelControlMode mode,
            Endpoint grpc,
            GrpcTransport transport,
            int workers,
            Duration inlineBudget,
            ServerConfig.Registered record) {
        return config(
                repository,
                mode,
                grpc,
                transport,
                workers,
                inlineBudget,
                record,
                ServerConfig.Memory.UNLIMITED,
                USUAL_MONITORING);
    }

    private static ServerConfig config(
            Path repository,
            ModelControlMode mode,
            Endpoint grpc,
            GrpcTransport transport,
            int workers,
            Duration inlineBudget,
            ServerConfig.Registered record,
            ServerConfig.Memory memory,
            ServerConfig.Monitoring monitoring) {
        return new ServerConfig(
                "penstock",
                new ServerConfig.Models(
                        List.of(repository), mode, Duration.ofSeconds(15), List.of(), true, false, Device.CPU),
                record,
                ports(grpc, transport),
                new WorkConfig(
                        new ServerConfig.Threads(workers, 1, inlineBudget),
                        new ServerConfig.Queue(1_000, 1 << 20),
                        0,
                        memory,
                        new ServerConfig.ResponseCache(1 << 20, Duration.ZERO)),
                new WatchConfig(monitoring, AlertsConfig.OFF, ServerConfig.Feedback.OFF, ServerConfig.Shadow.STANDARD),
                new LogConfig(LogLevel.WARNING, AccessLogConfig.OFF, TracingConfig.OFF, PayloadConfig.OFF),
                RoutingConfig.OFF,
                new ServerConfig.Shutdown(Duration.ZERO, Duration.ofSeconds(20)));
    }

    private static PortsConfig ports(Endpoint grpc, GrpcTransport transport) {
        ServerConfig.Connections connections = new ServerConfig.Connections(
                Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(20), Duration.ZERO);
        return new PortsConfig(
                new ServerConfig.Http(ANYWHERE, 1 << 20),
                new ServerConfig.Grpc(grpc, 1 << 20, transport, 0, connections),
                new ServerConfig.Metrics(ANYWHERE, true, 100_000),
                ANYWHERE);
    }

    /// That takes feedback.
    ///
    /// @param data folder that is kept, or null
    static RunningGateway feeding(
            Path repository, @Nullable Path data, GrpcTransport transport, ServerConfig.Feedback feedback) {
        ServerConfig base = data == null
                ? config(repository, ModelControlMode.NONE, ANYWHERE, transport)
                : recordedConfig(repository, data, "", transport);
        return ready(CopiedConfig.of(base).feedback(feedback).made());
    }

    static String url(RunningGateway gateway, String path) {
        return "http://127.0.0.1:" + gateway.addresses().http().port() + path;
    }
}
