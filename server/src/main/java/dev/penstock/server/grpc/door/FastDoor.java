package dev.penstock.server.grpc.door;

import dev.penstock.core.NanoClock;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModels;
import io.grpc.ServerServiceDefinition;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/// The gRPC port on our own transport. Any thread may call any method.
public final class FastDoor implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int MIN_READ_BYTES = 512;
    private static final int FIRST_READ_BYTES = 16 * 1024;

    /// Large tensors arrive in fewer reads than Netty's 64 KiB would allow.
    private static final int MAX_READ_BYTES = 256 * 1024;

    private static final long CLOSE_SECONDS = 5;

    private final EventLoopGroup group;
    private final Channel listening;
    private final ChannelGroup connections;
    private final AtomicBoolean draining;
    private final Map<EventLoop, LoopContext> loops;

    private FastDoor(
            EventLoopGroup group,
            Channel listening,
            ChannelGroup connections,
            AtomicBoolean draining,
            Map<EventLoop, LoopContext> loops) {
        this.group = group;
        this.listening = listening;
        this.connections = connections;
        this.draining = draining;
        this.loops = loops;
    }

    /// Opens the port.
    ///
    /// @param port 0 for any that is free
    /// @param budget of requests and answers that are held, here and by other doors; what goes beyond is refused
    /// @param services what answers every RPC but ModelInfer and ModelStreamInfer; called on event loops,
    ///     must not block
    /// @throws IOException if the port cannot be opened
    public static FastDoor start(
            String host,
            int port,
            DoorSettings settings,
            ByteBudget budget,
            FastModels models,
            List<ServerServiceDefinition> services,
            NanoClock clock)
            throws IOException {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(settings.eventLoops(), new DefaultThreadFactory("grpc", true), io);
        Map<EventLoop, LoopContext> loops =
                contexts(group, settings, models, new Bridge(services, null), clock, budget);
        AtomicBoolean draining = new AtomicBoolean();
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ChannelFuture bound = bootstrap(group, epoll, initializer(loops, connections, draining))
                .bind(new InetSocketAddress(host, port))
                .awaitUninterruptibly();
        FastDoor door = new FastDoor(group, bound.channel(), connections, draining, loops);
        if (!bound.isSuccess()) {
            door.close();
            throw new IOException("port " + port + " of " + host + " cannot be opened", bound.cause());
        }
        return door;
    }

    private static ServerBootstrap bootstrap(
            EventLoopGroup group, boolean epoll, ChannelInitializer<Channel> initializer) {
        Class<? extends ServerChannel> type = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        return new ServerBootstrap()
                .group(group)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(initializer);
    }

    private static Map<EventLoop, LoopContext> contexts(
            EventLoopGroup group,
            DoorSettings settings,
            FastModels models,
            Bridge bridge,
            NanoClock clock,
            ByteBudget budget) {
        SecureRandom random = new SecureRandom();
        Map<EventLoop, LoopContext> loops = new HashMap<>();
        for (EventExecutor executor : group) {
            EventLoop loop = (EventLoop) executor;
            RandomGenerator dice = new SplittableRandom(random.nextLong());
            loops.put(loop, new LoopContext(loop, settings, clock, budget, models, bridge, dice));
        }
        return loops;
    }

    private static ChannelInitializer<Channel> initializer(
            Map<EventLoop, LoopContext> loops, ChannelGroup connections, AtomicBoolean draining) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                LoopContext loop = loops.get(channel.eventLoop());
                if (loop == null) {
                    throw new IllegalStateException("a channel of a foreign loop (expected: one of the door's)");
                }
                channel.config()
                        .setRecvByteBufAllocator(
                                new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES));
                channel.pipeline().addLast(new StoppedReads(), new ConnectionBuilder(loop).build());
                connections.add(channel);
                // Who drains may have looked before this one was there.
                if (draining.get()) {
                    channel.eventLoop().execute(() -> AdoptedConnections.drain(channel));
                }
            }
        };
    }

    /// Where it listens, whatever port was asked for.
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /// Takes no more connections and calls, then waits for the calls under way. Blocks for at most
    /// `patience`; then what is left is cut off.
    ///
    /// @return whether every call ended by itself
    public boolean drain(Duration patience) {
        draining.set(true);
        listening.close().awaitUninterruptibly();
        for (Channel channel : connections) {
            channel.eventLoop().execute(() -> AdoptedConnections.drain(channel));
        }
        boolean ended = connections.newCloseFuture().awaitUninterruptibly(patience.toMillis());
        cutOff();
        return ended;
    }

    private void cutOff() {
        for (Channel channel : connections) {
            channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
        }
    }

    /// Ends whatever is left, and the threads.
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        cutOff();
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        loops.values().forEach(LoopContext::close);
    }
}
