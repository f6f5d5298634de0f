package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class StoppedReadsTest {
    /// How often the transport was asked to read.
    private static final class Reads extends ChannelOutboundHandlerAdapter {
        int count;

        @Override
        public void read(ChannelHandlerContext context) {
            count++;
            context.read();
        }
    }

    @Test
    void nothingIsReadUntilTheChannelReadsByItselfAgain() {
        Reads reads = new Reads();
        EmbeddedChannel channel = new EmbeddedChannel(reads, new StoppedReads());
        channel.config().setAutoRead(false);
        int before = reads.count;

        channel.pipeline().read();
        assertThat(reads.count).isEqualTo(before);

        channel.config().setAutoRead(true);
        assertThat(reads.count).isEqualTo(before + 1);
        channel.finish();
    }
}
