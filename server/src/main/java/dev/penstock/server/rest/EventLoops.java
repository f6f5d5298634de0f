package dev.penstock.server.rest;

import dev.penstock.core.Check;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/// The threads that own HTTP connections: epoll where its native library is there, NIO elsewhere. Several listeners
/// may share them; close the listeners first.
public final class EventLoops implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> channelType;

    private EventLoops(EventLoopGroup group, Class<? extends ServerChannel> channelType) {
        this.group = group;
        this.channelType = channelType;
    }

    public static EventLoops start(int threads) {
        Check.argument(threads > 0, "threads: %d (expected: > 0)", threads);
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("http", true), io);
        return new EventLoops(group, epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    EventLoopGroup group() {
        return group;
    }

    /// What listens on these loops.
    Class<? extends ServerChannel> channelType() {
        return channelType;
    }

    /// Blocks until the threads have ended, for some seconds at most.
    @Override
    public void close() {
        var ended = group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
