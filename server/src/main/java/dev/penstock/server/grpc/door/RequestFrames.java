package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// Takes the frames of a connection that Netty found to be in order, and limits those that cost us more than
/// the peer.
final class RequestFrames extends Http2FrameAdapter {
    private static final long WINDOW_NANOS = 30_000_000_000L;
    private static final int MAX_SETTINGS = 100;

    /// Clients that measure the path send a PING per round trip while data flows.
    private static final int MAX_PINGS = 30_000;

    private static final int MAX_USELESS = 1_000;

    private final DoorConnection connection;
    private final LoopContext loop;
    private final RequestHeaders headers;
    private final EventRate settings;
    private final EventRate pings;
    private final PingStrikes strikes;
    private final EventRate useless;
    private final RapidResets resets;

    RequestFrames(DoorConnection connection, RequestHeaders headers) {
        this.connection = connection;
        this.loop = connection.loop;
        this.headers = headers;
        settings = new EventRate(MAX_SETTINGS, WINDOW_NANOS, loop.clock);
        pings = new EventRate(MAX_PINGS, WINDOW_NANOS, loop.clock);
        strikes = new PingStrikes(
                loop.settings.connections().permitKeepAliveTime().toNanos());
        useless = new EventRate(MAX_USELESS, WINDOW_NANOS, loop.clock);
        resets = new RapidResets(loop.clock);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers fields,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        onHeadersRead(context, id, fields, padding, last);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers fields, int padding, boolean last)
            throws Http2Exception {
        DoorStream stream = connection.stream(id);
        if (stream == null) {
            stream = begin(connection.connection().stream(id));
        } else if (headers.hasPseudo()) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "a pseudo header in trailers");
        }
        if (last) {
            stream.ended();
        }
    }

    private DoorStream begin(Http2Stream h2) throws Http2Exception {
        RequestHeaders.Verdict verdict = headers.verdict();
        if (verdict == RequestHeaders.Verdict.MALFORMED) {
            throw Http2Exception.streamError(
                    h2.id(), Http2Error.PROTOCOL_ERROR, "a pseudo header is missing or there twice");
        }
        boolean grpc = verdict == RequestHeaders.Verdict.GRPC && headers.unknownEncoding() == null;
        if (grpc && headers.isStreamInfer()) {
            InferStream stream = new InferStream(loop, headers);
            connection.attach(h2, stream);
            if (headers.timeoutNanos() == GrpcTimeout.MALFORMED) {
                stream.refused(ErrorCode.INTERNAL, GrpcTimeout.REFUSAL);
            } else {
                refuseIfClogged(stream);
            }
            return stream;
        }
        @Nullable DoorStream bridged = grpc && !headers.isInfer() ? loop.bridge.open(connection, h2, headers) : null;
        return bridged == null ? beginUnary(h2, verdict) : bridged;
    }

    private UnaryStream beginUnary(Http2Stream h2, RequestHeaders.Verdict verdict) {
        UnaryStream stream = loop.takeUnary();
        connection.attach(h2, stream);
        stream.begin(headers);
        if (verdict == RequestHeaders.Verdict.WRONG_METHOD) {
            stream.refuse(405, ErrorCode.INTERNAL, "the method is not POST (expected: POST)", Exposure.NONE);
        } else if (verdict == RequestHeaders.Verdict.WRONG_CONTENT_TYPE) {
            stream.refuse(
                    415,
                    ErrorCode.INTERNAL,
                    "the content-type is not application/grpc (expected: that)",
                    Exposure.NONE);
        } else if (headers.unknownEncoding() != null) {
            stream.refused(
                    ErrorCode.UNSUPPORTED,
                    "grpc-encoding is " + headers.unknownEncoding() + " (expected: identity or gzip)");
        } else if (!headers.isInfer()) {
            stream.refused(
                    ErrorCode.UNSUPPORTED,
                    "Method not found: "
                            + headers.requestPath()
                                    .subSequence(1, headers.requestPath().length()));
        } else {
            refuseIfClogged(stream);
        }
        return stream;
    }

    private void refuseIfClogged(MessageAssembler.Receiver stream) {
        String refusal = connection.output().refusalWhenClogged();
        if (refusal != null) {
            stream.refused(ErrorCode.OVERLOADED, refusal);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean last)
            throws Http2Exception {
        DoorStream stream = connection.stream(id);
        int bytes = data.readableBytes();
        if (stream == null) {
            return bytes + padding;
        }
        int done = stream.data(data, last);
        if (last) {
            stream.ended();
        }
        return done + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long error) throws Http2Exception {
        DoorStream stream = connection.stream(id);
        if (stream != null && resets.exceeded(stream, connection.readNanos())) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many calls are reset at once");
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings read) throws Http2Exception {
        limit(settings, "SETTINGS");
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
        limit(pings, "PING");
        if (strikes.exceeded(loop.clock.nanoTime(), connection.output().pollAnswered())) {
            // In these words, clients know that their setting is to blame.
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
        }
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext context, long data) {
        connection.pingAnswered(data);
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext context, int id, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        limit(useless, "PRIORITY");
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext context, byte type, int id, Http2Flags flags, ByteBuf payload) {
        try {
            limit(useless, "unknown frames");
        } catch (Http2Exception e) {
            connection.onError(context, false, e);
        }
    }

    private static void limit(EventRate rate, String what) throws Http2Exception {
        if (rate.exceeded()) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many %s", what);
        }
    }
}
