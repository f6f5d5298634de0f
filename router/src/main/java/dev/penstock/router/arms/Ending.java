package dev.penstock.router.arms;

import dev.penstock.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What became of a request, as far as it says something of the arm that had it.
enum Ending {
    ANSWERED,
    /// By the arm's fault for certain.
    FAILED,
    /// Its caller went away before it was answered.
    ABANDONED,
    /// By the caller's fault perhaps, and perhaps by the arm's: models refuse what they do not know, such as
    /// a word that is beyond their vocabulary. Callers do not know their arm, so all arms are asked alike.
    REFUSED;

    /// @param failure null for an answer
    static Ending of(@Nullable ErrorCode failure) {
        if (failure == null) {
            return ANSWERED;
        }
        return switch (failure) {
            // OVERLOADED, as what is full once a request has its arm is that arm's queue.
            case DEADLINE_EXCEEDED, MODEL_FAILED, INTERNAL, NOT_READY, OVERLOADED -> FAILED;
            case CANCELLED -> ABANDONED;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    TOO_LARGE,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED,
                    UNSUPPORTED -> REFUSED;
        };
    }
}
