package dev.penstock.server.grpc;

import dev.penstock.core.Check;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.batching.Lanes;
import dev.penstock.proto.inference.ServerMetadataResponse;
import dev.penstock.router.Router;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.Metadata;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.RoutedModels;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.grpc.door.ConnectionSettings;
import dev.penstock.server.wire.MessageLimit;
import dev.penstock.server.wire.RequestIds;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gRPC port: inference, health and reflection. Any thread may call any method.
///
/// Handlers run on the event loops themselves: they validate, convert and hand over, and never block.
public final class GrpcDoor implements AutoCloseable {
    private final Transport transport;
    private final HealthBoard health;
    private final OpenStreams streams;

    /// What an operator may set.
    ///
    /// @param maxMessageBytes of one request, decompressed
    /// @param maxCallsPerConnection at a time
    /// @param eventLoops how many threads own the connections
    /// @param transport what carries the calls
    /// @param compressFromBytes answers of at least so many bytes are compressed for callers that take gzip;
    ///     0 for none
    /// @param connections how long they last and how they are looked after
    public record Settings(
            int maxMessageBytes,
            int maxCallsPerConnection,
            int eventLoops,
            GrpcTransport transport,
            int compressFromBytes,
            ConnectionSettings connections) {
        public static final int DEFAULT_MAX_CALLS_PER_CONNECTION = 1000;

        public Settings {
            Check.argument(maxMessageBytes > 0, "maxMessageBytes: %d (expected: > 0)", maxMessageBytes);
            Check.argument(
                    maxCallsPerConnection > 0, "maxCallsPerConnection: %d (expected: > 0)", maxCallsPerConnection);
            Check.argument(eventLoops > 0, "eventLoops: %d (expected: > 0)", eventLoops);
            Check.argument(compressFromBytes >= 0, "compressFromBytes: %d (expected: >= 0)", compressFromBytes);
        }
    }

    private GrpcDoor(Transport transport, HealthBoard health, OpenStreams streams) {
        this.transport = transport;
        this.health = health;
        this.streams = streams;
    }

    /// Opens the port.
    ///
    /// @param port 0 for any that is free
    /// @param budget of requests and answers that are held, here and by other doors; what goes beyond is
    ///     refused
    /// @param lanes where requests of models with fixed rows go
    /// @param serverName what the server calls itself in its metadata
    /// @param watch who wants to know of calls, or null
    /// @param taps who wants to see requests on the fast path; the router's sees the others
    /// @param feedback what callers say of answers goes there; null if nobody takes it
    /// @throws IOException if the port cannot be opened
    public static GrpcDoor start(
            String host,
            int port,
            Settings settings,
            ByteBudget budget,
            Router router,
            Lanes lanes,
            ServingObserver observer,
            Catalog catalog,
            ModelControl control,
            String serverName,
            String serverVersion,
            NanoClock clock,
            @Nullable CallWatch watch,
            FastTap.Source taps,
            @Nullable Feedback feedback)
            throws IOException {
        HealthBoard health = new HealthBoard(catalog);
        ServerMetadataResponse metadata = ServerMetadataResponse.newBuilder()
                .setName(serverName)
                .setVersion(serverVersion)
                .addAllExtensions(Metadata.EXTENSIONS)
                .build();
        InferenceService inference = new InferenceService(
                router,
                new RequestDecoder(clock),
                new ModelAnswers(catalog),
                new RepositoryCalls(control),
                health::serving,
                metadata,
                watch);
        OpenStreams streams = new OpenStreams();
        WireServices wire = new WireServices(
                RequestIds.random(),
                streams,
                MessageLimit.set(settings.maxMessageBytes()),
                compressFromBytes(settings),
                watch != null);
        List<ServerServiceDefinition> services = new ArrayList<>();
        for (BindableService service :
                List.of(inference, health.service(), ProtoReflectionServiceV1.newInstance(), olderReflection())) {
            services.add(wire.wrap(service.bindService()));
        }
        if (feedback != null) {
            services.add(wire.wrap(new FeedbackCalls(feedback).bindService()));
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        Transport transport = switch (settings.transport()) {
            case GRPC_JAVA -> GrpcJavaTransport.start(address, settings, budget, wire, services);
            case NETTY_DOOR ->
                NettyDoorTransport.start(
                        address,
                        settings,
                        budget,
                        new RoutedModels(router, lanes, observer, clock, watch, taps),
                        services,
                        clock);
        };
        return new GrpcDoor(transport, health, streams);
    }

    /// Our own transport compresses the answers that it carries by itself.
    private static int compressFromBytes(Settings settings) {
        boolean byService = settings.transport() == GrpcTransport.GRPC_JAVA && settings.compressFromBytes() > 0;
        return byService ? settings.compressFromBytes() : Integer.MAX_VALUE;
    }

    @SuppressWarnings("deprecation") // Many tools still ask by this name first, and some by no other.
    static BindableService olderReflection() {
        return ProtoReflectionService.newInstance();
    }

    /// Where it listens, whatever port was asked for.
    public int port() {
        return transport.port();
    }

    /// Brings `grpc.health.v1` up to what the catalog says. To be called after every change of it.
    public void refreshHealth() {
        health.refresh();
    }

    /// The same after a change of one model.
    ///
    /// @param model "" if it may be any
    public void refreshHealth(String model) {
        health.refresh(model);
    }

    /// Tells everyone who asks or watches that nothing serves here any more. Calls are still answered.
    public void stopServing() {
        health.stopServing();
    }

    /// Takes no more calls and ends watches, then waits for the calls under way and ends those that take
    /// longer. Blocks for at most `patience` and a few seconds.
    ///
    /// @return whether every call ended by itself
    public boolean drain(Duration patience) {
        stopServing();
        streams.endAll();
        return transport.drain(patience);
    }

    /// Ends whatever is left, and the threads.
    @Override
    public void close() {
        stopServing();
        streams.endAll();
        transport.close();
    }
}
