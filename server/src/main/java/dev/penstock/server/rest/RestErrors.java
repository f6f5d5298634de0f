package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.StatusCodes;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/// What refusals are in HTTP: a status and `{"error":"..."}`.
final class RestErrors {
    /// Enough for every message of ours, and no more of what a caller put into it.
    private static final int MAX_MESSAGE_CHARS = 1000;

    private static final HttpResponseStatus CLIENT_CLOSED_REQUEST =
            HttpResponseStatus.valueOf(StatusCodes.http(ErrorCode.CANCELLED), "Client Closed Request");
    private static final String RETRY_AFTER_SECONDS = "1";

    private RestErrors() {}

    static HttpResponseStatus statusOf(ErrorCode code) {
        return code == ErrorCode.CANCELLED ? CLIENT_CLOSED_REQUEST : HttpResponseStatus.valueOf(StatusCodes.http(code));
    }

    static FullHttpResponse of(ErrorCode code, String message) {
        return of(statusOf(code), message);
    }

    static FullHttpResponse of(ServingException cause) {
        return of(cause.code(), cause.reason());
    }

    static FullHttpResponse of(HttpResponseStatus status, String message) {
        FullHttpResponse response = Replies.json(
                status,
                json -> json.writeStartObject()
                        .writeStringProperty("error", HeaderText.shorten(message, MAX_MESSAGE_CHARS))
                        .writeEndObject());
        if (isPassing(status)) {
            response.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return response;
    }

    /// Whether the same request may be answered soon.
    private static boolean isPassing(HttpResponseStatus status) {
        return status.equals(HttpResponseStatus.TOO_MANY_REQUESTS)
                || status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE);
    }
}
