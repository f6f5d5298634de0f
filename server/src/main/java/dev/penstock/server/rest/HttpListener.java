package dev.penstock.server.rest;

import dev.penstock.core.NanoClock;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.wire.RequestIds;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One HTTP port: HTTP/1.1 and 1.0, keep-alive and pipelining, everything bounded by its limits, and HTTP/2
/// where there is a door for it. Thread-safe.
///
/// Shut down in this order: [#stopAccepting], then [#awaitDrained] as long as one cares, then [#close].
public final class HttpListener implements AutoCloseable {
    private static final int BACKLOG = 1024;

    /// The decoder hands over the body in pieces of up to this; larger ones mean less work.
    private static final int MAX_PIECE_BYTES = 1 << 20;

    private final HttpLimits limits;
    private final HttpHandler handler;
    private final RequestIds ids = RequestIds.random();
    private final HeldMemory memory;
    private final @Nullable FastInference fast;
    private final @Nullable Http2Door http2;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listening;
    private final int port;
    private volatile boolean draining;

    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            ArrivalTimer timer = new ArrivalTimer(limits);
            ChannelPipeline pipeline = channel.pipeline();
            RequestDecoder decoder = new RequestDecoder(decoding(limits));
            FastInference inference = fast;
            FastLoop loop = inference == null ? null : inference.loop(channel.eventLoop());
            HttpConnection connection = new HttpConnection(limits, handler, ids, timer, memory, loop);
            if (http2 != null) {
                pipeline.addLast(new ProtocolChoice(http2, () -> draining));
            }
            pipeline.addLast(timer);
            if (loop != null) {
                pipeline.addLast(new FastReader(loop, timer, decoder, connection));
            }
            pipeline.addLast(new HttpResponseEncoder());
            pipeline.addLast(decoder);
            pipeline.addLast(new FlowControlHandler());
            pipeline.addLast(connection);
            connections.add(channel);
            if (draining) {
                pipeline.fireUserEventTriggered(HttpConnection.Event.DRAIN);
            }
        }
    }

    private HttpListener(
            EventLoops loops,
            String host,
            int port,
            HttpLimits limits,
            HttpHandler handler,
            @Nullable FastModels models,
            @Nullable Http2Door http2,
            HeldMemory memory,
            NanoClock clock)
            throws IOException {
        this.http2 = http2;
        this.memory = memory;
        this.fast = models == null ? null : new FastInference(limits, models, ids, memory, clock);
        this.limits = limits;
        this.handler = handler;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.channelType())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Pipeline());
        ChannelFuture bound = bootstrap.bind(new InetSocketAddress(host, port)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String cause = String.valueOf(bound.cause().getMessage());
            throw new IOException("cannot listen on %s:%d: %s".formatted(host, port, cause), bound.cause());
        }
        this.listening = bound.channel();
        this.port = ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /// Listens on `host`, a name or an address, and has `handler` answer.
    ///
    /// @param port 0 for any free one
    /// @throws IOException if the address cannot be had; the message names it
    public static HttpListener start(EventLoops loops, String host, int port, HttpLimits limits, HttpHandler handler)
            throws IOException {
        return start(loops, host, port, limits, handler, null);
    }

    /// The same, but connections of HTTP/2 are handed to `http2`, which has to stay open longer; null refuses
    /// them.
    public static HttpListener start(
            EventLoops loops, String host, int port, HttpLimits limits, HttpHandler handler, @Nullable Http2Door http2)
            throws IOException {
        HeldMemory memory = HeldMemory.ofPort(limits);
        return new HttpListener(loops, host, port, limits, handler, null, http2, memory, NanoClock.SYSTEM);
    }

    /// The same, but what it can of the inferences goes straight to `models`, and what is held counts against
    /// `budget`.
    public static HttpListener start(
            EventLoops loops,
            String host,
            int port,
            HttpLimits limits,
            HttpHandler handler,
            FastModels models,
            ByteBudget budget,
            NanoClock clock)
            throws IOException {
        HeldMemory memory = new HeldMemory(budget, limits.maxBodyBytes());
        return new HttpListener(loops, host, port, limits, handler, models, null, memory, clock);
    }

    private static HttpDecoderConfig decoding(HttpLimits limits) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.maxRequestLineBytes())
                .setMaxHeaderSize(limits.maxHeaderBytes())
                .setMaxChunkSize(MAX_PIECE_BYTES)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
    }

    /// Where it listens, also when any port would do.
    public int port() {
        return port;
    }

    /// Takes no more connections and closes those that idle. The others are told to close by their next answer,
    /// once nothing of theirs is in progress.
    public void stopAccepting() {
        listening.close().awaitUninterruptibly();
        draining = true;
        Http2Door door = http2;
        for (Channel connection : connections) {
            connection.pipeline().fireUserEventTriggered(HttpConnection.Event.DRAIN);
            if (door != null) {
                connection.eventLoop().execute(() -> door.drain(connection));
            }
        }
    }

    /// Waits until all connections have closed, after [#stopAccepting].
    ///
    /// @return whether they have
    public boolean awaitDrained(Duration patience) throws InterruptedException {
        return connections.newCloseFuture().await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Closes the port and all connections, whatever is in progress on them.
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        if (fast != null) {
            fast.close();
        }
    }
}
