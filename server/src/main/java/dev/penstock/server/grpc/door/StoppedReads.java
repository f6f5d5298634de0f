package dev.penstock.server.grpc.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/// Has reading stopped mean what it says: Netty's HTTP/2 handler asks for one more read after each, once a channel
/// does not read by itself. Stands before it.
final class StoppedReads extends ChannelOutboundHandlerAdapter {
    @Override
    public void read(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead()) {
            context.read();
        }
    }
}
