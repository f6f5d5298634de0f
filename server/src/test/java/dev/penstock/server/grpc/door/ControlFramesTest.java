package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ControlFramesTest {
    @Test
    void framesCountUntilTheyAreWritten() {
        EmbeddedChannel channel = new EmbeddedChannel();
        ControlFrames frames = new ControlFrames(2);
        ChannelPromise first = frames.add(channel.newPromise());
        ChannelPromise second = frames.add(channel.voidPromise());
        assertThat(frames.areTooMany()).isFalse();
        ChannelPromise third = frames.add(channel.newPromise());
        assertThat(frames.areTooMany()).isTrue();

        second.setSuccess();
        assertThat(frames.areTooMany()).isFalse();
        ChannelPromise fourth = frames.add(channel.newPromise());
        assertThat(frames.areTooMany()).isTrue();
        fourth.setSuccess();
        first.setSuccess();
        third.setSuccess();
        assertThat(frames.areTooMany()).isFalse();
        channel.finish();
    }
}
