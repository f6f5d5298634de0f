package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.StatusCodes;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Writes the header blocks of answers as frames. Constants, literals and no state.
final class ResponseHeaders {
    /// The most that any of these frames takes beside exposure and message.
    static final int MAX_BYTES = 1024;

    private static final byte[] OK_START = Hpack.responseStart(200);
    private static final byte[] GZIP = Hpack.field("grpc-encoding", "gzip");
    private static final byte[] ACCEPTS = Hpack.field("grpc-accept-encoding", "identity,gzip");
    private static final byte[] OK_TRAILERS = Hpack.field("grpc-status", "0");
    private static final byte[] MESSAGE = Hpack.name("grpc-message");
    private static final byte[] REQUEST_ID = Hpack.name("x-penstock-request-id");
    private static final byte[] PUSHBACK = Hpack.field("grpc-retry-pushback-ms", "100");

    private ResponseHeaders() {}

    /// Opens a response.
    ///
    /// @param first whether this is the connection's first block
    /// @param exposure more fields
    /// @param idBytes of the request's id in `ids`; 0 to leave it out
    static void open(ByteBuf out, int stream, boolean first, byte[] exposure, CallIds ids, int idBytes, boolean gzip) {
        int at = Frames.begin(out, Frames.HEADERS, Frames.END_HEADERS, stream);
        start(out, first, OK_START);
        if (gzip) {
            out.writeBytes(GZIP);
        }
        expose(out, exposure, ids, idBytes);
        Frames.end(out, at);
    }

    /// Ends a response that was opened, with status OK.
    static void close(ByteBuf out, int stream) {
        Frames.header(out, OK_TRAILERS.length, Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream);
        out.writeBytes(OK_TRAILERS);
    }

    /// Ends a response that was opened, with an error.
    static void close(ByteBuf out, int stream, ErrorCode code, String message) {
        int at = Frames.begin(out, Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream);
        status(out, code, message);
        Frames.end(out, at);
    }

    /// Ends a response that was opened, with any status.
    ///
    /// @param extra more fields
    static void close(ByteBuf out, int stream, int grpcStatus, String message, byte[] extra) {
        int at = Frames.begin(out, Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream);
        status(out, grpcStatus, message);
        out.writeBytes(extra);
        Frames.end(out, at);
    }

    /// A whole response that is an error: one frame.
    static void refuse(
            ByteBuf out,
            int stream,
            boolean first,
            int httpStatus,
            ErrorCode code,
            String message,
            byte[] exposure,
            CallIds ids,
            int idBytes) {
        int at = Frames.begin(out, Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream);
        start(out, first, httpStatus == 200 ? OK_START : Hpack.responseStart(httpStatus));
        expose(out, exposure, ids, idBytes);
        status(out, code, message);
        Frames.end(out, at);
    }

    /// The same for a status that is said in gRPC's own terms.
    static void refuse(
            ByteBuf out,
            int stream,
            boolean first,
            int grpcStatus,
            String message,
            byte[] exposure,
            CallIds ids,
            int idBytes) {
        int at = Frames.begin(out, Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream);
        start(out, first, OK_START);
        expose(out, exposure, ids, idBytes);
        status(out, grpcStatus, message);
        Frames.end(out, at);
    }

    private static void start(ByteBuf out, boolean first, byte[] block) {
        if (first) {
            out.writeByte(Hpack.TABLE_SIZE_ZERO);
        }
        out.writeBytes(block);
    }

    private static void expose(ByteBuf out, byte[] exposure, CallIds ids, int idBytes) {
        if (idBytes > 0) {
            out.writeBytes(REQUEST_ID);
            Hpack.value(out, ids.bytes(), idBytes);
        }
        out.writeBytes(exposure);
    }

    private static void status(ByteBuf out, ErrorCode code, String message) {
        if (code == ErrorCode.OVERLOADED) {
            out.writeBytes(PUSHBACK);
        }
        if (code == ErrorCode.UNSUPPORTED) {
            out.writeBytes(ACCEPTS);
        }
        status(out, StatusCodes.grpc(code), message);
    }

    private static void status(ByteBuf out, int grpcStatus, String message) {
        out.writeBytes(Hpack.field("grpc-status", Integer.toString(grpcStatus)));
        if (!message.isEmpty()) {
            byte[] text = HeaderText.message(message).getBytes(StandardCharsets.UTF_8);
            byte[] encoded = new byte[HeaderText.MAX_MESSAGE_BYTES];
            int length = HeaderText.encode(text, text.length, encoded, true);
            out.writeBytes(MESSAGE);
            Hpack.value(out, encoded, length);
        }
    }
}
