package dev.penstock.server.grpc.door;

import static dev.penstock.server.grpc.door.ConformanceCase.fine;
import static dev.penstock.server.grpc.door.ConformanceCase.streamError;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// What the fields of a request may be: RFC 9113, sections 8.1.1, 8.2 and 8.3.
final class HeaderCases {
    private static final String PROTOCOL = "PROTOCOL_ERROR";
    private static final String PATH = RequestHeaders.INFER.toString();

    static final List<ConformanceCase> ALL = all();

    private HeaderCases() {}

    private static List<ConformanceCase> all() {
        List<ConformanceCase> all = new ArrayList<>();
        all.add(wrong("8.2.1", "a name in capitals", "X-Name", "a"));
        all.add(wrong("8.2.1", "a blank in a name", "x name", "a"));
        all.add(wrong("8.2.1", "a colon in a name", "x:name", "a"));
        all.add(wrong("8.2.1", "a control character in a name", "x\tname", "a"));
        all.add(wrong("8.2.1", "a character beyond ASCII in a name", "x\u007fname", "a"));
        all.add(wrong("8.2.1", "an empty name", "", "a"));
        all.add(wrong("8.2.1", "a line feed in a value", "x-name", "a\nb"));
        all.add(wrong("8.2.1", "a carriage return in a value", "x-name", "a\rb"));
        all.add(wrong("8.2.1", "a NUL in a value", "x-name", "a\0b"));
        all.add(wrong("8.2.1", "a value that begins with a blank", "x-name", " a"));
        all.add(wrong("8.2.1", "a value that ends with a tab", "x-name", "a\t"));
        all.add(right("8.2.1", "an empty value", "x-name", ""));
        all.add(wrong("8.2.2", "connection", "connection", "keep-alive"));
        all.add(wrong("8.2.2", "keep-alive", "keep-alive", "5"));
        all.add(wrong("8.2.2", "proxy-connection", "proxy-connection", "keep-alive"));
        all.add(wrong("8.2.2", "transfer-encoding", "transfer-encoding", "chunked"));
        all.add(wrong("8.2.2", "upgrade", "upgrade", "h2c"));
        all.add(wrong("8.2.2", "te that is not trailers", "te", "gzip"));
        all.add(right("8.2.2", "te that is trailers", "te", "trailers"));
        all.add(wrong("8.3", "a pseudo header behind others", ":authority", "a"));
        all.add(pseudo("8.3", "an unknown pseudo header", ":method", "POST", ":what", "x"));
        all.add(pseudo("8.3", "a pseudo header of answers", ":status", "200"));
        all.add(wrong("8.3", "a pseudo header without a name", ":", "a"));
        all.add(malformed("8.3.1", "no method", ":scheme", "http", ":path", PATH));
        all.add(malformed("8.3.1", "no scheme", ":method", "POST", ":path", PATH));
        all.add(malformed("8.3.1", "no path", ":method", "POST", ":scheme", "http"));
        all.add(malformed("8.3.1", "an empty path", ":method", "POST", ":scheme", "http", ":path", ""));
        all.add(pseudo("8.3.1", "two methods", ":method", "POST"));
        all.add(pseudo("8.3.1", "two schemes", ":scheme", "http"));
        all.add(pseudo("8.3.1", "two paths", ":path", PATH));
        all.add(pseudo("8.3.1", "two authorities", ":authority", "a", ":authority", "a"));
        all.add(length("more than there is", "1000", 0));
        all.add(length("less than there is", "3", 0));
        all.add(length("less than the first of two frames", "3", 20));
        all.add(length("more than two frames have", "1000", 20));
        all.add(length("no number", "many", 0));
        all.add(length("a negative number", "-1", 0));
        all.add(streamError("8.1.1", "a length, and no DATA at all", 1, PROTOCOL, (wire, body) -> {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "content-length", "1");
            wire.headers(1, Wire.END_STREAM, block);
        }));
        all.add(streamError("8.1.1", "two lengths that differ", 1, PROTOCOL, (wire, body) -> {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "content-length", "1");
            Wire.literal(block, "content-length", Integer.toString(body.length));
            wire.headers(1, 0, block);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
        }));
        all.add(fine("8.1.1", "the right length", (wire, body) -> {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "content-length", Integer.toString(body.length));
            wire.headers(1, 0, block);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
        }));
        return all;
    }

    private static ConformanceCase wrong(String section, String what, String name, String value) {
        return streamError(section, what, 1, PROTOCOL, (wire, body) -> {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, name, value);
            wire.headers(1, 0, block);
            // What follows is not taken for a request of its own.
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
        });
    }

    private static ConformanceCase right(String section, String what, String name, String value) {
        return fine(section, what, (wire, body) -> {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, name, value);
            wire.headers(1, 0, block);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
        });
    }

    /// Fields before those that every request has.
    private static ConformanceCase pseudo(String section, String what, String... fields) {
        return streamError(section, what, 1, PROTOCOL, (wire, body) -> {
            ByteArrayOutputStream block = literals(fields);
            block.writeBytes(Wire.block().toByteArray());
            wire.headers(1, Wire.END_STREAM, block);
        });
    }

    /// Fields instead of the pseudo headers that every request has.
    private static ConformanceCase malformed(String section, String what, String... fields) {
        return streamError(section, what, 1, PROTOCOL, (wire, body) -> {
            ByteArrayOutputStream block = literals(fields);
            Wire.grpc(block);
            wire.headers(1, Wire.END_STREAM, block);
        });
    }

    private static ByteArrayOutputStream literals(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            Wire.literal(block, fields[i], fields[i + 1]);
        }
        return block;
    }

    /// @param first bytes of the first of two frames; 0 for one frame only
    private static ConformanceCase length(String what, String length, int first) {
        return streamError("8.1.1", "a length that is " + what, 1, PROTOCOL, (wire, body) -> {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "content-length", length);
            wire.headers(1, 0, block);
            if (first > 0) {
                wire.frame(Wire.DATA, 0, 1, new byte[first]);
            }
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);
        });
    }
}
