package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Finds out by a connection's first bytes which HTTP it speaks. Stands before the handlers of HTTP/1.1,
/// which stay where they are, or give way to an [Http2Door]. Gone when that is known.
final class ProtocolChoice extends ByteToMessageDecoder {
    /// What every client of HTTP/2 sends first (RFC 9113, 3.4): no request of HTTP/1.1 begins so.
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Http2Door door;
    private final BooleanSupplier draining;

    /// @param draining whether the port is about to close
    ProtocolChoice(Http2Door door, BooleanSupplier draining) {
        this.door = door;
        this.draining = draining;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf arrived, List<Object> out) {
        int known = Math.min(arrived.readableBytes(), PREFACE.length);
        for (int i = 0; i < known; i++) {
            if (arrived.getByte(arrived.readerIndex() + i) != PREFACE[i]) {
                ctx.pipeline().remove(this);
                return;
            }
        }
        if (known == PREFACE.length) {
            handOver(ctx);
        }
    }

    private void handOver(ChannelHandlerContext ctx) {
        ChannelPipeline pipeline = ctx.pipeline();
        List<ChannelHandler> old = new ArrayList<>();
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            if (entry.getValue() != this) {
                old.add(entry.getValue());
            }
        }
        old.forEach(pipeline::remove);
        door.adopt(ctx.channel());
        ctx.fireChannelActive();
        // Passes on what it holds.
        pipeline.remove(this);
        if (draining.getAsBoolean()) {
            door.drain(ctx.channel());
        }
    }
}
