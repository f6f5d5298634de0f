package dev.penstock.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.Pending;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.grpc.door.ConnectionSettings;
import dev.penstock.server.grpc.door.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How long connections last, over real sockets: what a peer sees, and never when.
@EachTransport
class ConnectionSettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration NEVER = Duration.ZERO;

    private final GrpcTransport transport;

    ConnectionSettingsTest(GrpcTransport transport) {
        this.transport = transport;
    }

    private DoorFixture door(Duration age, Duration idle, Duration keepAlive, Duration permit) {
        ConnectionSettings settings = new ConnectionSettings(age, NEVER, idle, keepAlive, SECOND, permit);
        return new DoorFixture(DoorFixture.settings(transport, 0, settings), NanoClock.SYSTEM);
    }

    /// Answers PINGs, as a peer must, until the server ends the connection.
    ///
    /// @return the GOAWAYs that came
    private static List<Wire.Frame> untilTheEnd(Wire wire) throws IOException {
        List<Wire.Frame> goodbyes = new ArrayList<>();
        try {
            while (true) {
                Wire.Frame frame = answered(wire);
                if (frame.type() == Wire.GOAWAY) {
                    goodbyes.add(frame);
                }
            }
        } catch (EOFException e) {
            return goodbyes;
        }
    }

    private static Wire.Frame answered(Wire wire) throws IOException {
        Wire.Frame frame = wire.next();
        if (frame.type() == Wire.PING && frame.flags() == 0) {
            byte[] payload = frame.text().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            wire.frame(Wire.PING, Wire.ACK, 0, payload);
        }
        return frame;
    }

    private static void assertAskedToGo(List<Wire.Frame> goodbyes, String reason, int lastStream) {
        assertThat(goodbyes).hasSizeGreaterThanOrEqualTo(2);
        assertThat(goodbyes.getFirst().intAt(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(goodbyes.getLast().intAt(0)).isEqualTo(lastStream);
        assertThat(goodbyes).allSatisfy(frame -> {
            assertThat(frame.intAt(4)).isZero();
            assertThat(frame.text()).endsWith(reason);
        });
    }

    @Test
    void anOldConnectionIsToldToGo() throws IOException {
        try (DoorFixture fixture = door(SECOND, NEVER, NEVER, LONG);
                Wire wire = new Wire(fixture.door.port(), 1 << 20)) {
            assertAskedToGo(untilTheEnd(wire), "max_age", 0);
        }
    }

    @Test
    void anIdleConnectionIsToldToGo() throws IOException {
        try (DoorFixture fixture = door(NEVER, SECOND, NEVER, LONG);
                Wire wire = new Wire(fixture.door.port(), 1 << 20)) {
            assertAskedToGo(untilTheEnd(wire), "max_idle", 0);
        }
    }

    @Test
    void aCallUnderWayIsAnsweredBeforeItsOldConnectionEnds() throws Exception {
        LinkedBlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();
        try (DoorFixture fixture = door(SECOND, NEVER, NEVER, LONG);
                Wire wire = new Wire(fixture.door.port(), 1 << 20)) {
            fixture.batcher.behaviour = waiting::add;
            byte[] message = DoorFixture.digits().build().toByteArray();
            wire.ask(
                    1,
                    ByteBuffer.allocate(message.length + 5)
                            .put((byte) 0)
                            .putInt(message.length)
                            .put(message)
                            .array());
            List<Wire.Frame> goodbyes = new ArrayList<>();
            while (goodbyes.size() < 2) {
                Wire.Frame frame = answered(wire);
                if (frame.type() == Wire.GOAWAY) {
                    goodbyes.add(frame);
                }
            }
            Pending pending = waiting.poll(120, TimeUnit.SECONDS);
            assertThat(pending).isNotNull();
            FakeBatcher.echo(pending);
            assertThat(wire.answer(1).reset()).isFalse();
            goodbyes.addAll(untilTheEnd(wire));

            assertAskedToGo(goodbyes, "max_age", 1);
        }
    }

    @Test
    void aPeerThatDoesNotAnswerIsCutOff() throws IOException {
        try (DoorFixture fixture = door(NEVER, NEVER, SECOND, LONG);
                Wire wire = new Wire(fixture.door.port(), 1 << 20)) {
            assertThat(wire.isClosed()).isTrue();
            assertThat(wire.seen).anySatisfy(frame -> assertThat(frame.type()).isEqualTo(Wire.PING));
        }
    }

    @Test
    void aPeerThatAsksTooOftenIsCutOff() throws IOException {
        try (DoorFixture fixture = door(NEVER, NEVER, NEVER, LONG);
                Wire wire = new Wire(fixture.door.port(), 1 << 20)) {
            for (int i = 0; i < 4; i++) {
                wire.frame(Wire.PING, 0, 0, new byte[8]);
            }

            assertThat(wire.goAway()).isEqualTo(Wire.ENHANCE_YOUR_CALM);
            assertThat(wire.seen.getLast().text()).endsWith("too_many_pings");
        }
    }

    @Test
    void aPeerMayAskAsOftenAsIsPermitted() throws IOException {
        try (DoorFixture fixture = door(NEVER, NEVER, NEVER, NEVER);
                Wire wire = new Wire(fixture.door.port(), 1 << 20)) {
            for (int i = 0; i < 100; i++) {
                wire.frame(Wire.PING, 0, 0, new byte[8]);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(wire.await(Wire.PING, 0).flags()).isEqualTo(Wire.ACK);
            }
        }
    }
}
