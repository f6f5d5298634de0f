package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.wire.RequestIds;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a connection does when time passes, by a clock that stands still otherwise.
class ArrivalTimerTest {
    private static final HttpLimits LIMITS =
            HttpLimits.DEFAULT.withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(8));

    private final List<HttpExchange> held = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    ArrivalTimerTest() {
        channel.freezeTime();
        ArrivalTimer timer = new ArrivalTimer(LIMITS);
        channel.pipeline()
                .addLast(
                        timer,
                        new HttpServerCodec(),
                        new HttpConnection(
                                LIMITS, held::add, RequestIds.random(), timer, HeldMemory.ofPort(LIMITS), null));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    /// Lets time pass in steps, as it does.
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    @Test
    void anIdleConnectionIsClosed() {
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        pass(3);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void oneThatWaitsForItsAnswerIsNotIdleUntilItHasIt() {
        receive(TestListener.get("/x"));
        pass(100);
        assertThat(channel.isOpen()).isTrue();

        held.getFirst().respond(TestListener.text("late"));
        channel.runPendingTasks();
        assertThat(channel.outboundMessages()).isNotEmpty();
        assertThat(channel.isOpen()).isTrue();

        pass(22);
        assertThat(channel.isOpen()).isFalse();
    }
}
