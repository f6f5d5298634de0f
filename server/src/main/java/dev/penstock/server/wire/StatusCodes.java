package dev.penstock.server.wire;

import dev.penstock.core.ErrorCode;

/// The numbers that failures are on the wire. Pure.
public final class StatusCodes {
    /// Of gRPC, of a call that is answered.
    public static final int GRPC_OK = 0;

    /// Of HTTP, of a request that is answered.
    public static final int HTTP_OK = 200;

    private StatusCodes() {}

    /// What `grpc-status` carries.
    public static int grpc(ErrorCode code) {
        return switch (code) {
            case CANCELLED -> 1;
            case INVALID_ARGUMENT -> 3;
            case DEADLINE_EXCEEDED -> 4;
            case NOT_FOUND -> 5;
            case ALREADY_EXISTS -> 6;
            case PERMISSION_DENIED -> 7;
            case OVERLOADED, TOO_LARGE -> 8;
            case UNSUPPORTED -> 12;
            case MODEL_FAILED, INTERNAL -> 13;
            case NOT_READY -> 14;
            case UNAUTHENTICATED -> 16;
        };
    }

    /// The status of an HTTP response.
    public static int http(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS -> 409;
            case TOO_LARGE -> 413;
            case OVERLOADED -> 429;
            // As nginx has it: the client closed its request.
            case CANCELLED -> 499;
            case MODEL_FAILED, INTERNAL -> 500;
            case UNSUPPORTED -> 501;
            case NOT_READY -> 503;
            case DEADLINE_EXCEEDED -> 504;
        };
    }
}
