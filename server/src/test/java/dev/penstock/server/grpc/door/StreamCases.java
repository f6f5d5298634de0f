package dev.penstock.server.grpc.door;

import static dev.penstock.server.grpc.door.ConformanceCase.connectionError;
import static dev.penstock.server.grpc.door.ConformanceCase.fine;
import static dev.penstock.server.grpc.door.ConformanceCase.streamError;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/// The states of streams, and how many there may be: RFC 9113, sections 5.1 and 8.1.
final class StreamCases {
    private static final String PROTOCOL = "PROTOCOL_ERROR";
    private static final String CLOSED = "STREAM_CLOSED";
    private static final int INITIAL_WINDOW = 4;
    private static final int CANCEL = 8;

    static final List<ConformanceCase> ALL = List.of(
            connectionError(
                    "5.1",
                    "DATA of an idle stream",
                    PROTOCOL,
                    (wire, body) -> wire.frame(Wire.DATA, Wire.END_STREAM, 1, body)),
            connectionError(
                    "5.1",
                    "CONTINUATION of an idle stream",
                    PROTOCOL,
                    (wire, body) -> wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1)),
            streamError("5.1", "DATA of a stream that has ended", 1, CLOSED, (wire, body) -> {
                halfClose(wire, body);
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            streamError("5.1", "HEADERS of a stream that has ended", 1, CLOSED, (wire, body) -> {
                halfClose(wire, body);
                wire.headers(1, Wire.END_STREAM, trailers());
            }),
            connectionError("5.1", "CONTINUATION of a stream that has ended", PROTOCOL, (wire, body) -> {
                halfClose(wire, body);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1);
            }),
            fine("5.1", "WINDOW_UPDATE of a stream that has ended", (wire, body) -> {
                halfClose(wire, body);
                wire.intFrame(Wire.WINDOW_UPDATE, 1, 1);
            }),
            fine("5.1", "RST_STREAM of a stream that has ended", (wire, body) -> {
                halfClose(wire, body);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
            }),
            streamError("5.1", "DATA of an answered stream", 1, CLOSED, (wire, body) -> {
                wire.ask(1, body);
                wire.answer(1);
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            streamError("5.1", "HEADERS of an answered stream", 1, CLOSED, (wire, body) -> {
                wire.ask(1, body);
                wire.answer(1);
                wire.open(1);
            }),
            fine("5.1", "WINDOW_UPDATE of an answered stream", (wire, body) -> {
                wire.ask(1, body);
                wire.answer(1);
                wire.intFrame(Wire.WINDOW_UPDATE, 1, 1);
            }),
            fine("5.1", "RST_STREAM of an answered stream", (wire, body) -> {
                wire.ask(1, body);
                wire.answer(1);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
            }),
            streamError("5.1", "DATA of a stream that the peer has reset", 1, CLOSED, (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            streamError("5.1", "HEADERS of a stream that the peer has reset", 1, CLOSED, (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
                wire.headers(1, Wire.END_STREAM, trailers());
            }),
            connectionError("5.1", "CONTINUATION of a stream that the peer has reset", PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1);
            }),
            fine("5.1", "two RST_STREAM of one stream", (wire, body) -> {
                wire.open(1);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
                wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
            }),
            connectionError("5.1.1", "a stream with the number of a server's", PROTOCOL, (wire, body) -> wire.open(2)),
            // An error of the connection by the book. But a stream that was never used cannot be told from one that
            // was answered and forgotten, whose last HEADERS may be on their way.
            streamError("5.1.1", "a stream with a number lower than one before", 5, CLOSED, (wire, body) -> {
                wire.ask(7, body);
                wire.open(5);
            }),
            fine("5.1.1", "numbers that are left out", (wire, body) -> {
                wire.ask(1, body);
                wire.ask(101, body);
            }),
            streamError(
                    "5.1.2",
                    "one stream more than allowed",
                    2 * TestDoor.MAX_STREAMS + 1,
                    "REFUSED_STREAM",
                    (wire, body) -> {
                        for (int i = 0; i <= TestDoor.MAX_STREAMS; i++) {
                            wire.open(2 * i + 1);
                        }
                        wire.intFrame(Wire.RST_STREAM, 1, CANCEL);
                    }),
            fine("8.1", "trailers", (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, 0, 1, body);
                wire.headers(1, Wire.END_STREAM, trailers());
            }),
            streamError("8.1", "a second header block that does not end the stream", 1, PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.headers(1, 0, trailers());
            }),
            streamError("8.1", "trailers with a pseudo header", 1, PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, 0, 1, body);
                wire.headers(1, Wire.END_STREAM, Wire.block());
            }));

    private StreamCases() {}

    /// Ends a stream from the peer's side only: there is no window for its answer.
    private static void halfClose(Wire wire, byte[] body) throws IOException {
        wire.settings(INITIAL_WINDOW, 0);
        wire.ask(1, body);
    }

    private static ByteArrayOutputStream trailers() {
        ByteArrayOutputStream trailers = new ByteArrayOutputStream();
        Wire.literal(trailers, "x-done", "yes");
        return trailers;
    }
}
