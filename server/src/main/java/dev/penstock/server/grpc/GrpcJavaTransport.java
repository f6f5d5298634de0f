package dev.penstock.server.grpc;

import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.grpc.GrpcDoor.Settings;
import dev.penstock.server.grpc.door.ConnectionSettings;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Calls carried by grpc-java's own server.
final class GrpcJavaTransport implements Transport {
    private static final int MAX_METADATA_BYTES = 16 * 1024;
    private static final int FLOW_CONTROL_WINDOW_BYTES = 1024 * 1024;
    private static final int MAX_RESETS = 200;
    private static final int RESETS_WINDOW_SECONDS = 30;
    private static final long FORCED_END_SECONDS = 5;

    /// It warns, stack trace and all, of every message over the limit. That is a caller's mistake, and answered.
    private static final Logger STREAM_LOG = Logger.getLogger("io.grpc.netty.NettyServerStream");

    static {
        STREAM_LOG.setLevel(Level.SEVERE);
    }

    private final EventLoops loops;
    private final Server server;

    private GrpcJavaTransport(EventLoops loops, Server server) {
        this.loops = loops;
        this.server = server;
    }

    /// @throws IOException if the port cannot be opened
    static GrpcJavaTransport start(
            InetSocketAddress address,
            Settings settings,
            ByteBudget budget,
            WireServices wire,
            List<ServerServiceDefinition> services)
            throws IOException {
        EventLoops loops = EventLoops.start(settings.eventLoops());
        try {
            NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                    .bossEventLoopGroup(loops.group())
                    .workerEventLoopGroup(loops.group())
                    .channelType(loops.channelType())
                    .withChildOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                    .directExecutor()
                    .addStreamTracerFactory(new StreamFate.Factory(budget))
                    .fallbackHandlerRegistry(wire.unknownMethods());
            limit(builder, settings);
            lookAfter(builder, settings.connections());
            services.forEach(builder::addService);
            return new GrpcJavaTransport(loops, builder.build().start());
        } catch (IOException | RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    // Nearly all of these are unlimited unless said otherwise.
    private static void limit(NettyServerBuilder builder, Settings settings) {
        builder.maxInboundMessageSize(settings.maxMessageBytes())
                .maxConcurrentCallsPerConnection(settings.maxCallsPerConnection())
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxRstFramesPerWindow(MAX_RESETS, RESETS_WINDOW_SECONDS)
                .initialFlowControlWindow(FLOW_CONTROL_WINDOW_BYTES);
    }

    private static void lookAfter(NettyServerBuilder builder, ConnectionSettings settings) {
        builder.keepAliveTime(nanosOrNever(settings.keepAliveTime()), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(settings.keepAliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveTime(settings.permitKeepAliveTime().toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConnectionAge(nanosOrNever(settings.maxAge()), TimeUnit.NANOSECONDS)
                .maxConnectionAgeGrace(nanosOrNever(settings.maxAgeGrace()), TimeUnit.NANOSECONDS)
                .maxConnectionIdle(nanosOrNever(settings.maxIdle()), TimeUnit.NANOSECONDS);
    }

    private static long nanosOrNever(Duration time) {
        return time.isZero() ? Long.MAX_VALUE : time.toNanos();
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public boolean drain(Duration patience) {
        server.shutdown();
        try {
            if (server.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return true;
            }
            server.shutdownNow();
            server.awaitTermination(FORCED_END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        return false;
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
        loops.close();
    }
}
