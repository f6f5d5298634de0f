package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import org.jspecify.annotations.Nullable;

/// Puts Netty's parts together to one [DoorConnection].
final class ConnectionBuilder extends AbstractHttp2ConnectionHandlerBuilder<DoorConnection, ConnectionBuilder> {
    private static final int MAX_EMPTY_DATA_FRAMES = 2;
    private static final int MAX_SMALL_CONTINUATIONS = 16;

    private static final int MAX_WAITING_CONTROL_FRAMES = 10_000;

    private final LoopContext loop;
    private final RequestHeaders headers;
    private final OrderedWriter writer;

    ConnectionBuilder(LoopContext loop) {
        this.loop = loop;
        this.headers = new RequestHeaders(loop::kept);
        this.writer = new OrderedWriter(new EventRate(RapidResets.MAX_RESETS, RapidResets.WINDOW_NANOS, loop.clock));
        // Netty would count all; RequestFrames counts those that look like an attack.
        decoderEnforceMaxRstFramesPerWindow(0, 0);
        decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA_FRAMES);
    }

    @Override
    protected DoorConnection build() {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        connection.remote().flowController(new CheckedFlowController(connection));
        connection.local().flowController(new DefaultHttp2LocalFlowController(connection));
        DefaultHttp2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
        DefaultHttp2FrameReader reader =
                new DefaultHttp2FrameReader(headers.decoder(loop.settings.maxMetadataBytes()), MAX_SMALL_CONTINUATIONS);
        codec(new DefaultHttp2ConnectionDecoder(connection, encoder, reader), encoder);
        initialSettings(new Http2Settings()
                .maxConcurrentStreams(loop.settings.maxStreams())
                .initialWindowSize(loop.settings.streamWindowBytes())
                .maxHeaderListSize(loop.settings.maxMetadataBytes()));
        return super.build();
    }

    @Override
    protected DoorConnection build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        DoorConnection built = new DoorConnection(loop, headers, decoder, encoder, settings);
        writer.connection = built;
        return built;
    }

    /// Ends the connection where Netty would reset a stream: a setting that takes a window over the largest
    /// is a fault of all (RFC 9113, 6.9.2).
    private static final class CheckedFlowController extends DefaultHttp2RemoteFlowController {
        CheckedFlowController(Http2Connection connection) {
            super(connection, new UniformStreamByteDistributor(connection));
        }

        @Override
        public void initialWindowSize(int bytes) throws Http2Exception {
            try {
                super.initialWindowSize(bytes);
            } catch (Http2Exception.StreamException e) {
                throw Http2Exception.connectionError(
                        e.error(),
                        e,
                        "SETTINGS_INITIAL_WINDOW_SIZE of %s takes a stream's window over the largest",
                        bytes);
            }
        }
    }

    /// Keeps Netty's frames that end a stream behind the answers that still wait to be written, and counts the
    /// resets that a peer provokes and the frames that it does not read: Netty limits those only for encoders
    /// that it makes itself.
    private static final class OrderedWriter extends DecoratingHttp2FrameWriter {
        private final EventRate resets;
        private final ControlFrames waiting = new ControlFrames(MAX_WAITING_CONTROL_FRAMES);
        private @Nullable DoorConnection connection;
        private boolean calmed;

        OrderedWriter(EventRate resets) {
            super(new DefaultHttp2FrameWriter());
            this.resets = resets;
        }

        @Override
        public ChannelFuture writeRstStream(ChannelHandlerContext context, int id, long error, ChannelPromise promise) {
            push();
            if (connection != null) {
                connection.resetSent(id);
            }
            ChannelFuture written = super.writeRstStream(context, id, error, waiting.add(promise));
            // One that only says that enough was sent is none.
            if (error != Http2Error.NO_ERROR.code() && resets.exceeded()) {
                calm(context, "the peer provokes resets");
            }
            return limited(context, written);
        }

        @Override
        public ChannelFuture writePing(
                ChannelHandlerContext context, boolean answer, long data, ChannelPromise promise) {
            return limited(context, super.writePing(context, answer, data, waiting.add(promise)));
        }

        @Override
        public ChannelFuture writeSettingsAck(ChannelHandlerContext context, ChannelPromise promise) {
            return limited(context, super.writeSettingsAck(context, waiting.add(promise)));
        }

        private ChannelFuture limited(ChannelHandlerContext context, ChannelFuture written) {
            if (waiting.areTooMany()) {
                context.flush();
            }
            if (waiting.areTooMany()) {
                calm(context, "the peer does not read what it asks for");
            }
            return written;
        }

        private void calm(ChannelHandlerContext context, String why) {
            if (connection != null && !calmed) {
                calmed = true;
                connection.onError(context, true, Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, why));
            }
        }

        @Override
        public ChannelFuture writeGoAway(
                ChannelHandlerContext context, int last, long error, ByteBuf debug, ChannelPromise promise) {
            push();
            return super.writeGoAway(context, last, error, debug, promise);
        }

        private void push() {
            if (connection != null) {
                connection.output().push();
            }
        }
    }
}
