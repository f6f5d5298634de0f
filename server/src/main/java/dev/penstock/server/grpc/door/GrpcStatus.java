package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;

/// The numbers that `grpc-status` carries.
final class GrpcStatus {
    private GrpcStatus() {}

    static int of(ErrorCode code) {
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
}
