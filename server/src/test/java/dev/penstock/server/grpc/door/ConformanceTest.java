package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every rule of HTTP/2 and HPACK that a client can break or stretch, over a real socket: what it is answered, and that
/// the connection goes on where it should.
class ConformanceTest extends WireTests {
    /// Above the streams of all cases.
    private static final int LATER_STREAM = 9001;

    private static final byte[] SENTINEL = "sentinel".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    ConformanceTest() throws IOException {}

    static Stream<ConformanceCase> cases() {
        return Stream.of(FrameCases.ALL, ControlFrameCases.ALL, StreamCases.ALL, HeaderCases.ALL, HpackCases.ALL)
                .flatMap(list -> list.stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAnsweredAsTheStandardSays(ConformanceCase one) throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            one.act().on(wire, body);
            wire.frame(Wire.PING, 0, 0, SENTINEL);

            assertThat(outcome(wire)).isEqualTo(one.expected());
            if (one.expected().startsWith("GOAWAY")) {
                assertThat(wire.isClosed()).isTrue();
            } else {
                wire.settings(4, WIDE);
                wire.ask(LATER_STREAM, body);
                assertOk(wire, LATER_STREAM);
            }
        }
    }

    /// The first error that comes before the answer to the sentinel.
    private static String outcome(Wire wire) throws IOException {
        try {
            while (true) {
                Wire.Frame frame = wire.next();
                String error = ConformanceCase.errorOf(frame);
                if (!error.isEmpty()) {
                    return error;
                }
                if (frame.type() == Wire.PING && frame.text().equals("sentinel")) {
                    return ConformanceCase.FINE;
                }
            }
        } catch (EOFException | SocketException e) {
            return "closed without a word";
        }
    }

    @ParameterizedTest
    @MethodSource("wrongBeginnings")
    void aConnectionThatBeginsWronglyIsEnded(String text) throws IOException {
        try (Wire wire = new Wire(door.port())) {
            wire.out.write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));

            assertThat(wire.goAway()).isEqualTo(Wire.PROTOCOL_ERROR);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    static Stream<String> wrongBeginnings() {
        return Stream.of(
                "INVALID CONNECTION PREFACE\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                // A PING where SETTINGS have to come.
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0008\u0006\0\0\0\0\0sentinel");
    }
}
