package dev.penstock.server.grpc.door;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/// One thing that a peer does, and what the standard has us answer.
///
/// @param section of RFC 9113, or of RFC 7541 with an `H` before it
/// @param expected "" if it is to be borne, else `GOAWAY` or `RST_STREAM` and a stream, and the name of the error
record ConformanceCase(String section, String what, String expected, Act act) {
    static final String FINE = "";

    private static final List<String> ERRORS = List.of(
            "NO_ERROR",
            "PROTOCOL_ERROR",
            "INTERNAL_ERROR",
            "FLOW_CONTROL_ERROR",
            "SETTINGS_TIMEOUT",
            "STREAM_CLOSED",
            "FRAME_SIZE_ERROR",
            "REFUSED_STREAM",
            "CANCEL",
            "COMPRESSION_ERROR",
            "CONNECT_ERROR",
            "ENHANCE_YOUR_CALM");

    /// What the peer sends once the connection is made.
    interface Act {
        /// @param body DATA of a request that is answered
        void on(Wire wire, byte[] body) throws IOException;
    }

    static ConformanceCase connectionError(String section, String what, String error, Act act) {
        return new ConformanceCase(section, what, "GOAWAY " + error, act);
    }

    static ConformanceCase streamError(String section, String what, int stream, String error, Act act) {
        return new ConformanceCase(section, what, "RST_STREAM " + stream + " " + error, act);
    }

    static ConformanceCase fine(String section, String what, Act act) {
        return new ConformanceCase(section, what, FINE, act);
    }

    /// A frame as [#expected] says it; "" if it is no error.
    static String errorOf(Wire.Frame frame) {
        return switch (frame.type()) {
            case Wire.GOAWAY -> "GOAWAY " + ERRORS.get(frame.intAt(4));
            case Wire.RST_STREAM -> "RST_STREAM " + frame.stream() + " " + ERRORS.get(frame.intAt(0));
            default -> "";
        };
    }

    /// [Wire#block] and more bytes behind it.
    static ByteArrayOutputStream blockWith(int... more) {
        ByteArrayOutputStream block = Wire.block();
        for (int octet : more) {
            block.write(octet);
        }
        return block;
    }

    @Override
    public String toString() {
        return section + " " + what + (expected.isEmpty() ? "" : ": " + expected);
    }
}
