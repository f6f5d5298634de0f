package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/// What a caller is told when handling its request threw.
final class RequestFailure {
    private static final System.Logger LOG = System.getLogger(RequestFailure.class.getName());

    private static final byte[] OUT_OF_RESOURCES =
            "{\"error\":\"the request failed; the log of the server says why\"}".getBytes(StandardCharsets.US_ASCII);

    private RequestFailure() {}

    /// A refusal is answered as it is; anything else is our fault, goes to the log and is not described.
    static FullHttpResponse response(Throwable cause, String requestId) {
        if (cause instanceof ServingException refusal) {
            return RestErrors.of(refusal);
        }
        LOG.log(System.Logger.Level.ERROR, "request " + requestId + " failed", cause);
        if (cause instanceof Error) {
            // There may be no memory for a buffer, so this takes none.
            return Replies.of(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    HttpHeaderValues.APPLICATION_JSON,
                    Unpooled.wrappedBuffer(OUT_OF_RESOURCES));
        }
        return RestErrors.of(ErrorCode.INTERNAL, "the request failed; the log of the server says why");
    }
}
