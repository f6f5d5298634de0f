package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.store.StoreException;

/// Says in the callers' words what the record and the sources refuse. Pure.
final class RecordRefusals {
    private RecordRefusals() {}

    static ServingException of(StoreException cause) {
        ErrorCode code = switch (cause.reason()) {
            case STALE, UNAVAILABLE -> ErrorCode.NOT_READY;
            case REFUSED -> ErrorCode.ALREADY_EXISTS;
            case UNMET -> ErrorCode.INVALID_ARGUMENT;
            case UNREADABLE -> ErrorCode.INTERNAL;
        };
        return new ServingException(code, "the record of models: " + cause.getMessage(), cause);
    }

    /// The record cannot be used at all now, whatever is wanted of it.
    static ServingException away(String message) {
        StoreException cause = new StoreException(StoreException.Reason.UNAVAILABLE, message);
        return new ServingException(ErrorCode.NOT_READY, message, cause);
    }

    static ServingException of(FetchException cause) {
        ErrorCode code = switch (cause.reason()) {
            case REFUSED, CORRUPT -> ErrorCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case TOO_LARGE -> ErrorCode.TOO_LARGE;
            case UNREACHABLE -> ErrorCode.NOT_READY;
            case DISK -> ErrorCode.INTERNAL;
        };
        return new ServingException(code, String.valueOf(cause.getMessage()));
    }
}
