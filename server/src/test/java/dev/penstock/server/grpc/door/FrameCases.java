package dev.penstock.server.grpc.door;

import static dev.penstock.server.grpc.door.ConformanceCase.connectionError;
import static dev.penstock.server.grpc.door.ConformanceCase.fine;
import static dev.penstock.server.grpc.door.ConformanceCase.streamError;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/// Frames in general, and those that carry requests: RFC 9113, sections 4, 5.5, 6.1, 6.2 and 6.10.
final class FrameCases {
    private static final byte[] BLOCK = Wire.block().toByteArray();
    private static final String PROTOCOL = "PROTOCOL_ERROR";
    private static final String SIZE = "FRAME_SIZE_ERROR";

    static final List<ConformanceCase> ALL = List.of(
            fine("4.1", "a frame of an unknown type", (wire, body) -> wire.frame(0x77, 0, 0, body)),
            fine("5.5", "one on an open stream", (wire, body) -> {
                wire.open(1);
                wire.frame(0x77, 0xff, 1, body);
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            fine("4.1", "flags that mean nothing", (wire, body) -> wire.frame(Wire.PING, 0x16, 0, new byte[8])),
            fine(
                    "4.1",
                    "the reserved bit of a stream",
                    (wire, body) -> wire.frame(Wire.PING, 0, Integer.MIN_VALUE, new byte[8])),
            fine("4.2", "DATA of just the size allowed", (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, 0, 1, new byte[16_384]);
            }),
            connectionError("4.2", "DATA over the size allowed", SIZE, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, 0, 1, new byte[16_385]);
            }),
            connectionError(
                    "4.2",
                    "HEADERS over the size allowed",
                    SIZE,
                    (wire, body) -> wire.frame(Wire.HEADERS, Wire.END_HEADERS, 1, new byte[16_385])),
            connectionError("4.3", "PRIORITY within a header block", PROTOCOL, (wire, body) -> {
                wire.frame(Wire.HEADERS, 0, 1, BLOCK);
                wire.frame(Wire.PRIORITY, 0, 1, new byte[5]);
            }),
            connectionError("4.3", "HEADERS of another stream within a header block", PROTOCOL, (wire, body) -> {
                wire.frame(Wire.HEADERS, 0, 1, BLOCK);
                wire.open(3);
            }),
            connectionError("5.5", "an unknown frame within a header block", PROTOCOL, (wire, body) -> {
                wire.frame(Wire.HEADERS, 0, 1, BLOCK);
                wire.frame(0x77, 0, 0, new byte[4]);
            }),
            connectionError("6.1", "DATA of no stream", PROTOCOL, (wire, body) -> wire.frame(Wire.DATA, 0, 0, body)),
            connectionError("6.1", "padding as long as the frame", PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, Wire.PADDED, 1, new byte[] {5, 0, 0, 0, 0});
            }),
            streamError("6.1", "padding without its length", 1, SIZE, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, Wire.PADDED, 1);
            }),
            fine("6.1", "nothing but padding", (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, Wire.PADDED, 1, new byte[] {4, 0, 0, 0, 0});
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            connectionError("6.2", "HEADERS of no stream", PROTOCOL, (wire, body) -> wire.open(0)),
            connectionError("6.2", "HEADERS with padding as long as the frame", PROTOCOL, (wire, body) -> {
                byte[] padded = Arrays.copyOf(BLOCK, BLOCK.length);
                padded[0] = (byte) BLOCK.length;
                wire.frame(Wire.HEADERS, Wire.END_HEADERS | Wire.PADDED, 1, padded);
            }),
            fine("6.2", "HEADERS with padding", (wire, body) -> {
                ByteArrayOutputStream padded = new ByteArrayOutputStream();
                padded.write(3);
                padded.writeBytes(BLOCK);
                padded.writeBytes(new byte[3]);
                wire.headers(1, Wire.PADDED, padded);
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            fine("6.2", "HEADERS with a priority", (wire, body) -> {
                wire.headers(1, Wire.PRIORITIZED, dependingOn(3));
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            // RFC 7540 demanded an error; RFC 9113 says no more of it.
            connectionError(
                    "6.2",
                    "HEADERS that depend on their own stream",
                    PROTOCOL,
                    (wire, body) -> wire.headers(1, Wire.PRIORITIZED, dependingOn(1))),
            connectionError(
                    "6.2",
                    "HEADERS too short for their priority",
                    SIZE,
                    (wire, body) -> wire.frame(Wire.HEADERS, Wire.END_HEADERS | Wire.PRIORITIZED, 1, new byte[3])),
            fine("6.10", "a header block in many pieces", (wire, body) -> {
                wire.frame(Wire.HEADERS, 0, 1, Arrays.copyOf(BLOCK, 7));
                wire.frame(Wire.CONTINUATION, 0, 1, Arrays.copyOfRange(BLOCK, 7, 31));
                wire.frame(Wire.CONTINUATION, 0, 1);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1, Arrays.copyOfRange(BLOCK, 31, BLOCK.length));
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            connectionError("6.10", "CONTINUATION behind a whole header block", PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1, BLOCK);
            }),
            connectionError("6.10", "CONTINUATION behind DATA", PROTOCOL, (wire, body) -> {
                wire.open(1);
                wire.frame(Wire.DATA, 0, 1, body);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1, BLOCK);
            }),
            connectionError(
                    "6.10",
                    "CONTINUATION without HEADERS",
                    PROTOCOL,
                    (wire, body) -> wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 1, BLOCK)),
            connectionError("6.10", "CONTINUATION of no stream", PROTOCOL, (wire, body) -> {
                wire.frame(Wire.HEADERS, 0, 1, BLOCK);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 0);
            }),
            connectionError("6.10", "CONTINUATION of another stream", PROTOCOL, (wire, body) -> {
                wire.frame(Wire.HEADERS, 0, 1, BLOCK);
                wire.frame(Wire.CONTINUATION, Wire.END_HEADERS, 3);
            }));

    private FrameCases() {}

    private static ByteArrayOutputStream dependingOn(int stream) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {0, 0, 0, (byte) stream, 15});
        block.writeBytes(BLOCK);
        return block;
    }
}
