package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.SlowDiskException;
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

    /// A refusal is answered as it is, and so is what a slow disk will do; anything else is our fault, goes
    /// to the log and is not described.
    ///
    /// @param change whether something was to be changed: then a slow disk does it still, once it can
    static FullHttpResponse response(Throwable cause, String requestId, boolean change) {
        if (cause instanceof ServingException refusal) {
            return RestErrors.of(refusal);
        }
        if (cause instanceof SlowDiskException slow) {
            String why = String.valueOf(slow.getMessage());
            LOG.log(System.Logger.Level.WARNING, "request {0}: {1}", requestId, why);
            return change ? pending(why, slow.id()) : RestErrors.of(HttpResponseStatus.SERVICE_UNAVAILABLE, why);
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

    private static FullHttpResponse pending(String why, String id) {
        return Replies.json(HttpResponseStatus.ACCEPTED, json -> {
            json.writeStartObject().writeStringProperty("pending", why);
            if (!id.isEmpty()) {
                json.writeStringProperty("id", id);
            }
            json.writeEndObject();
        });
    }
}
