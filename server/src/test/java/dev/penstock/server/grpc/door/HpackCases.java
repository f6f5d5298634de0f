package dev.penstock.server.grpc.door;

import static dev.penstock.server.grpc.door.ConformanceCase.blockWith;
import static dev.penstock.server.grpc.door.ConformanceCase.connectionError;
import static dev.penstock.server.grpc.door.ConformanceCase.fine;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// How fields are compressed: RFC 7541.
final class HpackCases {
    static final List<ConformanceCase> ALL = List.of(
            wrong("H2.3.3", "an index beyond both tables", 0xc6),
            wrong("H2.3.3", "a name's index beyond both tables", 0x7e, 1, 'a'),
            wrong("H6.1", "the index 0", 0x80),
            wrong("H4.2", "a table's size behind a field", 0x20),
            wrong("H6.3", "a table over the size allowed, behind a field", 0x3f, 0xe2, 0x1f),
            first("H6.3", "a table over the size allowed", 0x3f, 0xe2, 0x1f),
            wrong("H5.1", "a number over what an int can be", 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
            wrong("H5.1", "a number that does not end", 0xff, 0xff),
            wrong("H5.2", "a name longer than its block", 0x00, 9, 'a'),
            wrong("H5.2", "a value longer than its block", 0x00, 1, 'a', 9, 'b'),
            wrong("H6.2", "a name and no value", 0x00, 1, 'a'),
            wrong("H5.2", "Huffman padding of zeros", 0x00, 1, 'a', 0x81, 0x18),
            wrong("H5.2", "Huffman padding of more than seven bits", 0x00, 1, 'a', 0x82, 0x1f, 0xff),
            wrong("H5.2", "Huffman's end of string", 0x00, 1, 'a', 0x84, 0xff, 0xff, 0xff, 0xff),
            right("H5.2", "a Huffman string", 0x00, 1, 'a', 0x81, 0x1f),
            right("H6.2.1", "a field that is remembered, and asked for", 0x40, 1, 'a', 1, 'b', 0xbe),
            right("H6.2.2", "a field that is not remembered", 0x00, 1, 'a', 1, 'b'),
            right("H6.2.3", "a field that must never be", 0x10, 1, 'a', 1, 'b'),
            fine("H4.2", "two sizes of the table at the start", (wire, body) -> {
                wire.headers(1, 0, behind(0x20, 0x3f, 0xe1, 0x1f));
                wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
            }),
            connectionError("H4.3", "a field that a smaller table has lost", "COMPRESSION_ERROR", (wire, body) -> {
                wire.headers(1, 0, blockWith(0x40, 1, 'a', 1, 'b'));
                wire.headers(3, 0, behind(0x20, 0xbe));
            }),
            fine("H2.2", "a field that an earlier block has left", (wire, body) -> {
                wire.headers(1, Wire.END_STREAM, blockWith(0x40, 1, 'a', 1, 'b'));
                wire.headers(3, 0, blockWith(0xbe));
                wire.frame(Wire.DATA, Wire.END_STREAM, 3, body);
            }));

    private HpackCases() {}

    private static ConformanceCase wrong(String section, String what, int... more) {
        return connectionError(section, what, "COMPRESSION_ERROR", (wire, body) -> wire.headers(1, 0, blockWith(more)));
    }

    private static ConformanceCase first(String section, String what, int... bytes) {
        return connectionError(section, what, "COMPRESSION_ERROR", (wire, body) -> wire.headers(1, 0, behind(bytes)));
    }

    private static ConformanceCase right(String section, String what, int... more) {
        return fine(section, what, (wire, body) -> {
            wire.headers(1, 0, blockWith(more));
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
        });
    }

    /// [Wire#block] behind other bytes.
    private static ByteArrayOutputStream behind(int... bytes) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int octet : bytes) {
            block.write(octet);
        }
        block.writeBytes(Wire.block().toByteArray());
        return block;
    }
}
