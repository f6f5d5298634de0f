package dev.penstock.server.grpc.door;

import static dev.penstock.server.grpc.door.ConformanceCase.connectionError;
import static dev.penstock.server.grpc.door.ConformanceCase.fine;
import static dev.penstock.server.grpc.door.ConformanceCase.streamError;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;

/// Frames that carry no request: RFC 9113, sections 6.3 to 6.9.
final class ControlFrameCases {
    private static final String PROTOCOL = "PROTOCOL_ERROR";
    private static final String SIZE = "FRAME_SIZE_ERROR";
    private static final String FLOW = "FLOW_CONTROL_ERROR";

    private static final int HEADER_TABLE_SIZE = 1;
    private static final int ENABLE_PUSH = 2;
    private static final int INITIAL_WINDOW = 4;
    private static final int MAX_FRAME_SIZE = 5;

    static final List<ConformanceCase> ALL = List.of(
            connectionError(
                    "6.3",
                    "PRIORITY of no stream",
                    PROTOCOL,
                    (wire, body) -> wire.frame(Wire.PRIORITY, 0, 0, new byte[5])),
            streamError("6.3", "PRIORITY of a wrong size", 1, SIZE, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.PRIORITY, 0, 1, new byte[4]);
            }),
            fine("6.3", "PRIORITY of an idle stream", (wire, body) -> wire.frame(Wire.PRIORITY, 0, 7, new byte[5])),
            fine("6.3", "PRIORITY of a closed stream", (wire, body) -> {
                wire.ask(1, body);
                wire.answer(1);
                wire.frame(Wire.PRIORITY, 0, 1, new byte[5]);
            }),
            fine("6.3", "PRIORITY of a stream that depends on itself", (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 15});
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            fine(
                    "6.3",
                    "PRIORITY of an idle stream that depends on itself",
                    (wire, body) -> wire.frame(Wire.PRIORITY, 0, 7, new byte[] {0, 0, 0, 7, 15})),
            connectionError(
                    "6.4", "RST_STREAM of no stream", PROTOCOL, (wire, body) -> wire.intFrame(Wire.RST_STREAM, 0, 8)),
            connectionError(
                    "6.4",
                    "RST_STREAM of an idle stream",
                    PROTOCOL,
                    (wire, body) -> wire.intFrame(Wire.RST_STREAM, 1, 8)),
            connectionError("6.4", "RST_STREAM of a wrong size", SIZE, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.RST_STREAM, 0, 1, new byte[3]);
            }),
            fine("6.4", "RST_STREAM with an unknown error", (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.RST_STREAM, 1, 0xff00);
            }),
            connectionError(
                    "6.5",
                    "SETTINGS that confirm and set",
                    SIZE,
                    (wire, body) -> wire.frame(Wire.SETTINGS, Wire.ACK, 0, new byte[6])),
            connectionError(
                    "6.5",
                    "SETTINGS of a stream",
                    PROTOCOL,
                    (wire, body) -> wire.frame(Wire.SETTINGS, 0, 1, new byte[6])),
            connectionError(
                    "6.5",
                    "SETTINGS of a wrong size",
                    SIZE,
                    (wire, body) -> wire.frame(Wire.SETTINGS, 0, 0, new byte[5])),
            connectionError(
                    "6.5.2", "a push setting that is no flag", PROTOCOL, (wire, body) -> wire.settings(ENABLE_PUSH, 2)),
            fine("6.5.2", "a peer that takes no pushes", (wire, body) -> wire.settings(ENABLE_PUSH, 0)),
            connectionError(
                    "6.5.2",
                    "a window over the largest",
                    FLOW,
                    (wire, body) -> wire.settings(INITIAL_WINDOW, Integer.MIN_VALUE)),
            connectionError(
                    "6.5.2",
                    "a frame size under the least",
                    PROTOCOL,
                    (wire, body) -> wire.settings(MAX_FRAME_SIZE, 16_383)),
            connectionError(
                    "6.5.2",
                    "a frame size over the largest",
                    PROTOCOL,
                    (wire, body) -> wire.settings(MAX_FRAME_SIZE, 1 << 24)),
            fine("6.5.2", "an unknown setting", (wire, body) -> wire.settings(0xff, 42)),
            fine("6.5.2", "a header table of any size", (wire, body) -> wire.settings(HEADER_TABLE_SIZE, -1)),
            fine("6.5.3", "one setting twice, the last counts", (wire, body) -> {
                ByteBuffer twice = ByteBuffer.allocate(12);
                twice.putShort((short) INITIAL_WINDOW).putInt(1);
                twice.putShort((short) INITIAL_WINDOW).putInt(1 << 20);
                wire.frame(Wire.SETTINGS, 0, 0, twice.array());
                wire.ask(1, body);
                assertThat(wire.answer(1).isOk()).isTrue();
            }),
            fine("6.5.3", "SETTINGS are confirmed", (wire, body) -> {
                wire.settings(INITIAL_WINDOW, 1 << 20);
                for (int confirmed = 0; confirmed < 2; ) {
                    Wire.Frame frame = wire.await(Wire.SETTINGS, 0);
                    confirmed += (frame.flags() & Wire.ACK) != 0 && frame.size() == 0 ? 1 : 0;
                }
            }),
            connectionError("6.6", "PUSH_PROMISE of a client", PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.PUSH_PROMISE, Wire.END_HEADERS, 1, new byte[] {0, 0, 0, 2});
            }),
            fine("6.7", "PING is answered with what it carries", (wire, body) -> {
                wire.frame(Wire.PING, 0, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
                Wire.Frame answer = wire.await(Wire.PING, 0);
                assertThat(answer.flags()).isEqualTo(Wire.ACK);
                assertThat(answer.text()).isEqualTo("\1\2\3\4\5\6\7\10");
            }),
            fine("6.7", "the answer to a PING is not answered", (wire, body) -> {
                wire.frame(Wire.PING, Wire.ACK, 0, "anything".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                wire.frame(Wire.PING, 0, 0, new byte[8]);
                assertThat(wire.await(Wire.PING, 0).text()).isEqualTo("\0".repeat(8));
            }),
            connectionError(
                    "6.7", "PING of a stream", PROTOCOL, (wire, body) -> wire.frame(Wire.PING, 0, 1, new byte[8])),
            connectionError(
                    "6.7", "PING of a wrong size", SIZE, (wire, body) -> wire.frame(Wire.PING, 0, 0, new byte[6])),
            connectionError(
                    "6.8", "GOAWAY of a stream", PROTOCOL, (wire, body) -> wire.frame(Wire.GOAWAY, 0, 1, new byte[8])),
            connectionError(
                    "6.8", "GOAWAY of a wrong size", SIZE, (wire, body) -> wire.frame(Wire.GOAWAY, 0, 0, new byte[7])),
            fine("6.8", "GOAWAY: calls under way are answered", (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.GOAWAY, 0, 0, new byte[8]);
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
                assertThat(wire.answer(1).isOk()).isTrue();
            }),
            streamError("6.9", "WINDOW_UPDATE of nothing for a stream", 1, PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.WINDOW_UPDATE, 1, 0);
            }),
            connectionError(
                    "6.9",
                    "WINDOW_UPDATE of nothing for the connection",
                    PROTOCOL,
                    (wire, body) -> wire.intFrame(Wire.WINDOW_UPDATE, 0, 0)),
            connectionError(
                    "6.9",
                    "WINDOW_UPDATE of a wrong size",
                    SIZE,
                    (wire, body) -> wire.frame(Wire.WINDOW_UPDATE, 0, 0, new byte[3])),
            connectionError(
                    "6.9",
                    "WINDOW_UPDATE of an idle stream",
                    PROTOCOL,
                    (wire, body) -> wire.intFrame(Wire.WINDOW_UPDATE, 1, 1)),
            streamError("6.9.1", "a stream's window over the largest", 1, FLOW, (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.WINDOW_UPDATE, 1, Integer.MAX_VALUE);
            }),
            connectionError(
                    "6.9.1",
                    "the connection's window over the largest",
                    FLOW,
                    (wire, body) -> wire.intFrame(Wire.WINDOW_UPDATE, 0, Integer.MAX_VALUE)),
            connectionError("6.9.2", "a setting that takes a window over the largest", FLOW, (wire, body) -> {
                wire.settings(INITIAL_WINDOW, 1 << 16);
                wire.open(1);
                wire.intFrame(Wire.WINDOW_UPDATE, 1, Integer.MAX_VALUE - (1 << 16));
                wire.settings(INITIAL_WINDOW, (1 << 16) + 1);
            }));

    private ControlFrameCases() {}
}
