package dev.penstock.server.config;

import dev.penstock.core.Check;
import dev.penstock.core.Device;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.ModelControlMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of the process, checked. What each means is said in [Keys].
public record ServerConfig(
        String name,
        Models models,
        Registered registered,
        PortsConfig ports,
        WorkConfig work,
        WatchConfig watching,
        LogConfig logs,
        RoutingConfig routing,
        Shutdown shutdown) {

    public ServerConfig {
        // A message that grows while it arrives is there twice for a moment.
        long least = 2 * ports.largestRequestBytes();
        long maxBytes = work.maxInFlightBytes();
        Check.argument(
                maxBytes == 0 || maxBytes >= least,
                "in-flight.max-bytes: %d (expected: 0, or at least %d, twice the larger of http.max-body-bytes and"
                        + " grpc.max-message-bytes)",
                maxBytes,
                least);
    }

    /// @param tritonNames whether names that Triton has are shown, too
    /// @param maxSeries that are shown
    public record Metrics(Endpoint endpoint, boolean tritonNames, int maxSeries) {}

    /// What may wait for one model.
    ///
    /// @param maxRequests that run alone
    /// @param maxBytes of inputs
    public record Queue(int maxRequests, long maxBytes) {}

    /// What copies of requests for shadow arms may take.
    ///
    /// @param maxCopies that wait, for all routes together
    /// @param maxBytes of them
    /// @param maxAge that one may wait
    /// @param cpuBudget of one processor, above 0 and up to 1
    public record Shadow(int maxCopies, long maxBytes, Duration maxAge, double cpuBudget) {
        public static final Shadow STANDARD = new Shadow(2_048, 64L << 20, Duration.ofSeconds(5), 0.5);

        public Shadow {
            Check.argument(maxBytes > 0, "shadow.max-bytes: %d (expected: > 0)", maxBytes);
            Check.argument(maxAge.isPositive(), "shadow.max-age: %s (expected: > 0s)", maxAge);
        }
    }

    /// Models in memory.
    ///
    /// @param budgetBytes of all of them; 0 for no limit, [ByteSize#AUTO] for what the machine has
    /// @param registeredOnDemand whether registered models that do not say are loaded when they are asked
    ///     for
    /// @param maxWaiting requests that wait for that
    /// @param maxWait of one of them
    public record Memory(long budgetBytes, boolean registeredOnDemand, int maxWaiting, Duration maxWait) {
        /// No limit, and nothing on demand that does not say so.
        public static final Memory UNLIMITED = new Memory(0, false, 1000, Duration.ofSeconds(60));

        public Memory {
            Check.argument(maxWait.isPositive(), "on-demand.max-wait: %s (expected: > 0s)", maxWait);
        }
    }

    /// @param pollEvery how often to look for changes in poll mode
    /// @param load what to load at the start in explicit mode; `*` among them is every model
    public record Models(
            List<Path> repositories,
            ModelControlMode controlMode,
            Duration pollEvery,
            List<String> load,
            boolean strictReadiness,
            boolean exitOnError,
            Device defaultDevice) {

        public Models {
            repositories = List.copyOf(repositories);
            load = List.copyOf(load);
            Check.argument(
                    load.isEmpty() || controlMode == ModelControlMode.EXPLICIT,
                    "load-models: %s (expected: none, unless model-control-mode is explicit)",
                    String.join(",", load));
            Check.argument(
                    pollEvery.isPositive() || controlMode != ModelControlMode.POLL,
                    "repository-poll-interval: %s (expected: > 0s)",
                    pollEvery);
        }
    }

    /// Registered models.
    ///
    /// @param dataDir where they are kept; empty for none
    /// @param storeUrl of the database that has their record, or "" for a file in the data folder
    /// @param maxFileBytes of all their files on this machine's disk
    /// @param keyFile has the key that they are encrypted with; empty for plain files
    /// @param maxUploadBytes of one upload
    /// @param signingKeys Ed25519 public keys, base64
    /// @param webhookHosts that gates may ask
    public record Registered(
            Optional<Path> dataDir,
            String storeUrl,
            long maxFileBytes,
            Optional<Path> keyFile,
            long maxUploadBytes,
            Sources sources,
            List<String> signingKeys,
            boolean signatureRequired,
            List<String> webhookHosts) {
        public static final Registered NONE = new Registered(
                Optional.empty(),
                "",
                Long.MAX_VALUE,
                Optional.empty(),
                Long.MAX_VALUE,
                new Sources(List.of(), List.of(), Optional.empty(), "", "", "", "us-east-1", false, false),
                List.of(),
                false,
                List.of());

        public Registered {
            signingKeys = List.copyOf(signingKeys);
            webhookHosts = List.copyOf(webhookHosts);
            Check.argument(maxUploadBytes > 0, "admin.max-upload-bytes: %d (expected: > 0)", maxUploadBytes);
        }
    }

    /// Where models may be fetched from; "" for what there is none of.
    public record Sources(
            List<String> allowedHosts,
            List<Path> allowedFolders,
            Optional<Path> headersFolder,
            String proxy,
            String mlflowUri,
            String s3Endpoint,
            String s3Region,
            boolean s3PathStyle,
            boolean s3MachineCredentials) {
        public Sources {
            allowedHosts = List.copyOf(allowedHosts);
            allowedFolders = List.copyOf(allowedFolders);
        }
    }

    /// @param port 0 for any free one
    public record Endpoint(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    public record Http(Endpoint endpoint, int maxBodyBytes) {}

    /// @param compressFromBytes 0 for no compressed answers
    public record Grpc(
            Endpoint endpoint,
            int maxMessageBytes,
            GrpcTransport transport,
            int compressFromBytes,
            Connections connections) {}

    /// How long connections last and how they are looked after; zero for never where a time is none.
    public record Connections(
            Duration maxAge,
            Duration maxAgeGrace,
            Duration maxIdle,
            Duration keepAliveTime,
            Duration keepAliveTimeout,
            Duration permitKeepAliveTime) {
        private static final Duration SHORTEST = Duration.ofSeconds(1);

        public Connections {
            checkLongEnough("grpc.max-connection-age", maxAge);
            checkLongEnough("grpc.max-connection-idle", maxIdle);
            checkLongEnough("grpc.keepalive-time", keepAliveTime);
            Check.argument(
                    keepAliveTimeout.isPositive(), "grpc.keepalive-timeout: %s (expected: > 0s)", keepAliveTimeout);
        }

        // Shorter lives would be spent on connecting.
        private static void checkLongEnough(String key, Duration time) {
            Check.argument(
                    time.isZero() || time.compareTo(SHORTEST) >= 0, "%s: %s (expected: 0s, or at least 1s)", key, time);
        }
    }

    /// @param maxBytes of the answers of all models together
    /// @param ttl zero for no limit
    public record ResponseCache(long maxBytes, Duration ttl) {}

    /// @param outputs whether what models answer is counted
    /// @param maxBytes of what is counted of all models together
    /// @param window that is held against what is usual, from 5 minutes to 24 hours
    /// @param evaluateEvery how often, at least a second
    /// @param baselineRows that are taken for usual where nobody says what is
    /// @param minSamples values of a feature below which nothing is said of it
    /// @param cpuShare of all processors that counting may take, above 0 and up to 1
    public record Monitoring(
            boolean outputs,
            long maxBytes,
            Duration window,
            Duration evaluateEvery,
            long baselineRows,
            long minSamples,
            double cpuShare) {
        public Monitoring {
            Check.argument(
                    window.compareTo(Duration.ofMinutes(5)) >= 0 && window.compareTo(Duration.ofHours(24)) <= 0,
                    "monitoring.window: %s (expected: 5m to 24h)",
                    window);
            Check.argument(
                    evaluateEvery.compareTo(Duration.ofSeconds(1)) >= 0,
                    "monitoring.evaluate-every: %s (expected: at least 1s)",
                    evaluateEvery);
        }
    }

    /// @param tokens whether answers of models get tokens that say nothing of it
    /// @param keyFile with the keys that servers share; empty for one of this server's own
    /// @param maxLabelDays between an answer and what is said of it
    /// @param baselineLabels of a version that say how good it is usually
    public record Feedback(boolean tokens, Optional<Path> keyFile, int maxLabelDays, int baselineLabels) {
        /// No tokens.
        public static final Feedback OFF = new Feedback(false, Optional.empty(), 30, 1000);
    }

    /// @param drainDelay from the signal to the last request that is taken
    /// @param drainTimeout from there to the last reply that is waited for
    public record Shutdown(Duration drainDelay, Duration drainTimeout) {}

    /// Sizes of the pools, 0 where the machine decides, and which of them runs what.
    ///
    /// @param inlineBudget models with a faster run of one row are run by event loops
    public record Threads(int workers, int io, Duration inlineBudget) {
        /// One loop serves thousands of connections; more only take the processors from the models.
        private static final int MAX_CHOSEN_IO = 4;

        /// How many threads run models on a machine with that many processors.
        public int workersOn(int processors) {
            return workers == 0 ? processors : workers;
        }

        /// How many event loops REST and gRPC have each on a machine with that many processors.
        public int ioOn(int processors) {
            return io == 0 ? Math.clamp(processors / 2, 1, MAX_CHOSEN_IO) : io;
        }
    }
}
