package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;

/// What became of an offered request, at once.
public enum Offer {
    /// It will get exactly one outcome.
    TAKEN,
    /// No room for its rows now; later may work.
    QUEUE_FULL,
    /// What waits holds as many bytes as it may; later may work.
    TOO_MANY_BYTES,
    /// Its deadline has passed already.
    EXPIRED,
    /// By the measured speed it would not run before its deadline.
    TOO_LATE,
    /// More rows than one request may have.
    TOO_MANY_ROWS,
    /// The version is being unloaded.
    CLOSED;

    /// What to tell the caller of a request that was not taken.
    ///
    /// @throws IllegalStateException if it was
    public ServingException refusal(String model) {
        return switch (this) {
            case TAKEN -> throw new IllegalStateException("a request that was taken is not refused");
            case QUEUE_FULL ->
                new ServingException(ErrorCode.OVERLOADED, "Exceeds maximum queue size of model '" + model + "'");
            case TOO_MANY_BYTES ->
                new ServingException(
                        ErrorCode.OVERLOADED,
                        "the requests that wait for model '" + model + "' hold as many bytes as they may");
            case EXPIRED -> new ServingException(ErrorCode.DEADLINE_EXCEEDED, Outcomes.EXPIRED);
            case TOO_LATE ->
                new ServingException(
                        ErrorCode.OVERLOADED,
                        "the queue of model '" + model + "' is longer than the request's timeout allows");
            case TOO_MANY_ROWS ->
                new ServingException(
                        ErrorCode.TOO_LARGE, "the request has more rows than the queue of model '" + model + "' takes");
            case CLOSED -> new ServingException(ErrorCode.NOT_READY, "model '" + model + "' is being unloaded");
        };
    }
}
