package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// Bytes of an answer in Netty's flow controller, which writes them as the peer's windows allow.
final class WaitingData implements Http2RemoteFlowController.FlowControlled {
    /// From here on a piece is sent as a slice rather than copied.
    private static final int MIN_SLICE_BYTES = 4096;

    private final DoorOutput output;
    private final DoorStream stream;
    private final Http2Stream h2;
    private final ByteBuf data;
    private final Runnable whenSent;
    private boolean released;

    /// @param data owned from here on
    WaitingData(DoorOutput output, DoorStream stream, Http2Stream h2, ByteBuf data, Runnable whenSent) {
        this.output = output;
        this.stream = stream;
        this.h2 = h2;
        this.data = data;
        this.whenSent = whenSent;
    }

    @Override
    public int size() {
        return released ? 0 : data.readableBytes();
    }

    @Override
    public void write(ChannelHandlerContext context, int allowedBytes) {
        int allowed = allowedBytes;
        while (allowed > 0 && data.isReadable()) {
            int bytes = Math.min(Math.min(allowed, data.readableBytes()), output.maxFrameBytes());
            allowed -= bytes;
            if (bytes < MIN_SLICE_BYTES) {
                ByteBuf out = output.out(Frames.HEADER_BYTES + bytes);
                Frames.header(out, bytes, Frames.DATA, 0, h2.id());
                out.writeBytes(data, bytes);
            } else {
                Frames.header(output.out(Frames.HEADER_BYTES), bytes, Frames.DATA, 0, h2.id());
                output.push(data.readRetainedSlice(bytes));
            }
            output.waiting(stream, -bytes);
        }
    }

    @Override
    public void writeComplete() {
        release();
        // The windows know of these bytes only when the controller is done with all it writes.
        output.sent(this);
    }

    /// Tells whoever wants to know that all of it was sent, unless the stream is gone.
    void tell() {
        if (h2.state() != Http2Stream.State.CLOSED) {
            whenSent.run();
        }
    }

    @Override
    public void error(@Nullable ChannelHandlerContext context, Throwable cause) {
        if (!released) {
            output.waiting(stream, -data.readableBytes());
            release();
        }
    }

    private void release() {
        released = true;
        data.release();
    }

    @Override
    public boolean merge(ChannelHandlerContext context, Http2RemoteFlowController.FlowControlled next) {
        return false;
    }
}
