package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;

/// The numbers that `grpc-status` carries.
final class GrpcStatus {
    static final int OK = 0;
    static final int UNKNOWN = 2;
    static final int INVALID_ARGUMENT = 3;
    static final int RESOURCE_EXHAUSTED = 8;
    static final int UNIMPLEMENTED = 12;
    static final int INTERNAL = 13;
    static final int UNAVAILABLE = 14;

    private GrpcStatus() {}

    static int of(ErrorCode code) {
        return switch (code) {
            case CANCELLED -> 1;
            case INVALID_ARGUMENT -> INVALID_ARGUMENT;
            case DEADLINE_EXCEEDED -> 4;
            case NOT_FOUND -> 5;
            case PERMISSION_DENIED -> 7;
            case OVERLOADED, TOO_LARGE -> RESOURCE_EXHAUSTED;
            case UNSUPPORTED -> UNIMPLEMENTED;
            case MODEL_FAILED, INTERNAL -> INTERNAL;
            case NOT_READY -> UNAVAILABLE;
            case UNAUTHENTICATED -> 16;
        };
    }
}
