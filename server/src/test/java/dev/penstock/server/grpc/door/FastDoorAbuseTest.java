package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Peers that mean ill, over real sockets: each attack ends its own connection or call, and no other.
class FastDoorAbuseTest extends WireTests {
    private static final int MANY = 2000;

    FastDoorAbuseTest() throws IOException {}

    @Test
    void rapidResetsAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            send(wire, MANY, stream -> {
                wire.open(stream);
                wire.intFrame(Wire.RST_STREAM, stream, 8);
            });

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void callersMayResetCallsWhoseTimeIsUp() throws IOException {
        ByteArrayOutputStream timed = Wire.block();
        Wire.literal(timed, "grpc-timeout", "50m");

        assertThatCallsMayBeResetAfter(Duration.ofMillis(45), timed);
    }

    @Test
    void callersMayResetCallsThatTheyWaitedFor() throws IOException {
        assertThatCallsMayBeResetAfter(Duration.ofMillis(100), Wire.block());
    }

    private void assertThatCallsMayBeResetAfter(Duration time, ByteArrayOutputStream headers) throws IOException {
        int calls = 3 * RapidResets.MAX_RESETS;
        AtomicLong nowNanos = new AtomicLong();
        FakeModels models = new FakeModels(Runnable::run).with(model);
        try (TestDoor slow = new TestDoor(TestDoor.settings(), TestDoor.HELD_BYTES, models, List.of(), nowNanos::get);
                Wire wire = new Wire(slow.port(), WIDE)) {
            send(wire, calls, stream -> wire.headers(stream, 0, headers));
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            wire.await(Wire.PING, 0);
            nowNanos.addAndGet(time.toNanos());
            send(wire, calls, stream -> wire.intFrame(Wire.RST_STREAM, stream, 8));

            wire.open(2 * calls + 1);
            wire.frame(Wire.DATA, Wire.END_STREAM, 2 * calls + 1, body);
            assertOk(wire, 2 * calls + 1);
            assertThat(wire.seen).noneMatch(frame -> frame.type() == Wire.GOAWAY);
        }
    }

    @Test
    void resetsThatThePeerProvokesFromUsAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            send(wire, MANY, stream -> {
                wire.open(stream);
                wire.intFrame(Wire.WINDOW_UPDATE, stream, Integer.MAX_VALUE);
            });

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
            assertThat(wire.seen.stream().filter(frame -> frame.type() == Wire.RST_STREAM))
                    .hasSizeLessThan(MANY / 2);
        }
    }

    @Test
    void continuationsWithoutEndAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.frame(Wire.HEADERS, 0, 1, Wire.block().toByteArray());
            send(wire, MANY, stream -> wire.frame(Wire.CONTINUATION, 0, 1, new byte[] {0, 1, 'a', 1, 'b'}));

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void emptyContinuationsAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.frame(Wire.HEADERS, 0, 1, Wire.block().toByteArray());
            send(wire, MANY, stream -> wire.frame(Wire.CONTINUATION, 0, 1));

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void settingsFloodsAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            send(wire, MANY, stream -> wire.settings(4, 1000 + stream));

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void pingFloodsAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            send(wire, MANY, stream -> wire.frame(Wire.PING, 0, 0, new byte[8]));

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void priorityFramesAreStoppedAtSomePoint() throws IOException {
        assertStopped("too many PRIORITY", (wire, stream) -> wire.frame(Wire.PRIORITY, 0, stream, new byte[5]));
    }

    @Test
    void unknownFramesAreStoppedAtSomePoint() throws IOException {
        assertStopped("too many unknown frames", (wire, stream) -> wire.frame(0x55, 0, 0, new byte[4]));
    }

    private void assertStopped(String reason, WireAttack attack) throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            send(wire, MANY, stream -> attack.send(wire, stream));

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
            assertThat(wire.seen)
                    .anyMatch(
                            frame -> frame.type() == Wire.GOAWAY && frame.text().contains(reason));
        }
    }

    @FunctionalInterface
    private interface WireAttack {
        void send(Wire wire, int stream) throws IOException;
    }

    @Test
    void emptyDataFramesAreStopped() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            send(wire, MANY, stream -> wire.frame(Wire.DATA, 0, 1));

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void headersThatGrowWhenDecodedAreRefused() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream block = Wire.block();
            // One entry of 4,000 bytes goes to the table, then is named 500 times: two megabytes in 600 bytes.
            block.write(0x40);
            block.write(1);
            block.write('a');
            block.write(127);
            block.write(0xa1);
            block.write(0x1e);
            block.writeBytes("v".repeat(4000).getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 500; i++) {
                block.write(0xbe);
            }
            wire.headers(1, 0, block);

            Wire.Answer answer = wire.answer(1);
            assertThat(answer.reset() || answer.trailers().contains("431")).isTrue();
            wire.open(3);
            wire.frame(Wire.DATA, Wire.END_STREAM, 3, body);
            assertThat(wire.answer(3).isOk()).isTrue();
        }
    }

    @Test
    void windowUpdatesOfZeroOrTooMuchAreErrors() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.intFrame(Wire.WINDOW_UPDATE, 1, 0);
            assertThat(wire.await(Wire.RST_STREAM, 1).intAt(0)).isEqualTo(Wire.PROTOCOL_ERROR);
            wire.intFrame(Wire.WINDOW_UPDATE, 0, Integer.MAX_VALUE);

            assertThat(wire.goAway()).isEqualTo(3);
        }
    }

    @Test
    void settingsOfAnImpossibleWindowAreAnError() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.settings(4, -1);

            assertThat(wire.goAway()).isEqualTo(3);
        }
    }

    @Test
    void moreThanTheWindowIsAnError() throws IOException {
        try (TestDoor deaf =
                        new TestDoor(TestDoor.settings(), new FakeModels(Runnable::run), List.of(BridgeTest.deaf()));
                Wire wire = new Wire(deaf.port(), WIDE)) {
            wire.headers(1, 0, BridgeTest.deafCall());
            // Nothing is taken of it, so that all of the window that streams begin with is used up.
            byte[] data = new byte[16_384];
            for (int i = 0; i < 3; i++) {
                wire.frame(Wire.DATA, 0, 1, data);
            }
            wire.frame(Wire.DATA, 0, 1, new byte[16_383]);
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            wire.await(Wire.PING, 0);
            assertThat(wire.seen).noneMatch(frame -> frame.type() == Wire.RST_STREAM);

            wire.frame(Wire.DATA, 0, 1, new byte[1]);

            assertThat(wire.await(Wire.RST_STREAM, 1).intAt(0)).isEqualTo(Wire.FLOW_CONTROL_ERROR);
        }
    }

    @Test
    void randomBytesAfterThePrefaceEndTheConnection() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Wire wire = new Wire(door.port(), WIDE)) {
                byte[] noise = new byte[4096];
                ThreadLocalRandom.current().nextBytes(noise);
                noise[0] = 0; // A length that is complete soon.
                wire.out.write(noise);
                wire.out.flush();
                wire.socket.shutdownOutput();

                assertThat(wire.isClosed()).isTrue();
            }
        }
    }
}
