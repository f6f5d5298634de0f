package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Hand-made frames over a real socket: framing and windows in every legal form, and the illegal ones that
/// HTTP/2 and gRPC say how to answer. Pins what the door does beside Netty's documented ways, too.
class FastDoorFramesTest extends WireTests {

    FastDoorFramesTest() throws IOException {}

    @Test
    void oneByteFramesMakeOneMessage() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            for (int i = 0; i < body.length; i++) {
                wire.frame(Wire.DATA, i == body.length - 1 ? Wire.END_STREAM : 0, 1, body[i]);
            }

            assertOk(wire, 1);
        }
    }

    @Test
    void paddingAndAnEmptyLastFrameAreTaken() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            byte[] padded = new byte[body.length + 8];
            padded[0] = 7;
            System.arraycopy(body, 0, padded, 1, body.length);
            wire.frame(Wire.DATA, Wire.PADDED, 1, padded);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1);

            assertOk(wire, 1);
        }
    }

    @Test
    void trailersMayEndARequest() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.frame(Wire.DATA, 0, 1, body);
            ByteArrayOutputStream trailers = new ByteArrayOutputStream();
            Wire.literal(trailers, "x-done", "yes");
            wire.headers(1, Wire.END_STREAM, trailers);

            assertOk(wire, 1);
        }
    }

    @Test
    void pingsAreAnsweredAndUnknownFramesIgnored() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.frame(0x77, 0, 0, new byte[] {1, 2, 3});
            wire.frame(Wire.PING, 0, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

            assertThat(wire.await(Wire.PING, 0).payload().get(7)).isEqualTo((byte) 8);
        }
    }

    @Test
    void aResetInTheMiddleOfAMessageLeavesTheOthersAlone() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.frame(Wire.DATA, 0, 1, Arrays.copyOf(body, 20));
            wire.intFrame(Wire.RST_STREAM, 1, 8);
            wire.open(3);
            wire.frame(Wire.DATA, Wire.END_STREAM, 3, body);

            assertOk(wire, 3);
        }
    }

    @Test
    void aTruncatedMessageIsAnErrorOfItsCall() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, Arrays.copyOf(body, 20));

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u000213");
        }
    }

    @Test
    void aSecondMessageIsRefused() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.frame(Wire.DATA, 0, 1, body);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u000212");
        }
    }

    @Test
    void dataOnAnIdleStreamEndsTheConnection() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.frame(Wire.DATA, Wire.END_STREAM, 11, body);

            assertThat(wire.goAway()).isEqualTo(Wire.PROTOCOL_ERROR);
        }
    }

    @Test
    void aWindowOfTenBytesCutsTheAnswer() throws IOException {
        try (Wire wire = new Wire(door.port(), 10)) {
            wire.open(1);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            int got = wire.await(Wire.DATA, 1).size();
            assertThat(got).isEqualTo(10);
            wire.intFrame(Wire.WINDOW_UPDATE, 1, 25);
            got += wire.await(Wire.DATA, 1).size();
            assertThat(got).isEqualTo(35);
            wire.settings(4, 65_536);

            Wire.Answer rest = wire.answer(1);
            assertThat(rest.isOk()).isTrue();
            assertThat(got + rest.dataBytes()).isEqualTo(answerBytes());
        }
    }

    @Test
    void aWindowThatSettingsTurnNegativeHoldsTheAnswerBack() throws IOException {
        try (Wire wire = new Wire(door.port(), 20)) {
            wire.open(1);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            assertThat(wire.await(Wire.DATA, 1).size()).isEqualTo(20);
            wire.settings(4, 0); // The stream's window is -20 now.
            wire.intFrame(Wire.WINDOW_UPDATE, 1, 25);
            assertThat(wire.await(Wire.DATA, 1).size()).isEqualTo(5);
            wire.intFrame(Wire.WINDOW_UPDATE, 1, 1000);

            assertThat(wire.answer(1).dataBytes()).isEqualTo(answerBytes() - 25);
        }
    }

    @Test
    void theConnectionsWindowCountsForAnswersWrittenByHand() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            int left = 65_535;
            int stream = 1;
            for (; left >= answerBytes(); left -= answerBytes(), stream += 2) {
                wire.open(stream);
                wire.frame(Wire.DATA, Wire.END_STREAM, stream, body);
                assertOk(wire, stream);
            }
            wire.open(stream);
            wire.frame(Wire.DATA, Wire.END_STREAM, stream, body);

            assertThat(wire.await(Wire.DATA, stream).size()).isEqualTo(left);
            wire.intFrame(Wire.WINDOW_UPDATE, 0, 1000);
            assertThat(wire.answer(stream).dataBytes()).isEqualTo(answerBytes() - left);
        }
    }

    @Test
    void aSmallerFrameSizeOrTableOfThePeerIsNoError() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.settings(1, 0); // SETTINGS_HEADER_TABLE_SIZE
            for (int stream = 1; stream < 20; stream += 2) {
                wire.open(stream);
                wire.frame(Wire.DATA, Wire.END_STREAM, stream, body);
                assertOk(wire, stream);
            }
            assertThat(wire.seen.stream().filter(frame -> frame.type() == Wire.GOAWAY))
                    .isEmpty();
        }
    }

    @Test
    void fortyMegabytesPassOverOneConnection() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            int message = 32 * 16_384 - 5;
            byte[] first = new byte[16_384];
            ByteBuffer.wrap(first).put((byte) 0).putInt(message);
            // One unknown field takes all of the message.
            CodedOutputStream field = CodedOutputStream.newInstance(first, 5, 20);
            field.writeTag(100, 2);
            field.writeUInt32NoTag(message - 2 - 3);
            for (int stream = 1; stream < 160; stream += 2) {
                wire.open(stream);
                for (int i = 0; i < 32; i++) {
                    wire.frame(Wire.DATA, i == 31 ? Wire.END_STREAM : 0, stream, i == 0 ? first : new byte[16_384]);
                }
                assertThat(wire.answer(stream).trailers()).contains("grpc-status\u00015");
            }

            int credit = wire.seen.stream()
                    .filter(frame -> frame.type() == Wire.WINDOW_UPDATE && frame.stream() == 0)
                    .mapToInt(frame -> frame.intAt(0))
                    .sum();
            assertThat(credit).isGreaterThan(40_000_000);
        }
    }

    @Test
    void http1IsNotServed() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.next();
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
                plain.setSoTimeout(120_000);
                plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                int last = 0;
                while (last >= 0) {
                    last = plain.getInputStream().read();
                }
                assertThat(last).isEqualTo(-1);
            }
        }
    }
}
