package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/// What refusals are in HTTP: a status and `{"error":"..."}`.
final class RestErrors {
    /// Enough for every message of ours, and no more of what a caller put into it.
    private static final int MAX_MESSAGE_CHARS = 1000;

    private static final HttpResponseStatus CLIENT_CLOSED_REQUEST =
            HttpResponseStatus.valueOf(499, "Client Closed Request");
    private static final String RETRY_AFTER_SECONDS = "1";

    private RestErrors() {}

    static HttpResponseStatus statusOf(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> HttpResponseStatus.BAD_REQUEST;
            case NOT_FOUND -> HttpResponseStatus.NOT_FOUND;
            case ALREADY_EXISTS -> HttpResponseStatus.CONFLICT;
            case NOT_READY -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case OVERLOADED -> HttpResponseStatus.TOO_MANY_REQUESTS;
            case DEADLINE_EXCEEDED -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case CANCELLED -> CLIENT_CLOSED_REQUEST;
            case TOO_LARGE -> HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
            case UNAUTHENTICATED -> HttpResponseStatus.UNAUTHORIZED;
            case PERMISSION_DENIED -> HttpResponseStatus.FORBIDDEN;
            case UNSUPPORTED -> HttpResponseStatus.NOT_IMPLEMENTED;
            case MODEL_FAILED, INTERNAL -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
        };
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
