package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// A decoder that says whether it is between two messages. Confined to its connection's event loop.
final class RequestDecoder extends HttpRequestDecoder {
    private boolean ended = true;
    private long messages;

    RequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf bytes, List<Object> out) throws Exception {
        int before = out.size();
        super.decode(ctx, bytes, out);
        if (out.size() > before) {
            ended = out.getLast() instanceof LastHttpContent;
            messages += ended ? 1 : 0;
        }
    }

    /// Whether what arrives next belongs to a message that has begun.
    boolean isWithinMessage() {
        return !ended || actualReadableBytes() > 0;
    }

    /// The complete messages so far.
    long messages() {
        return messages;
    }
}
