package dev.penstock.server.store;

/// Why the record could not be read or changed.
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /// What a caller can do about it.
    public enum Reason {
        /// Somebody else changed the model meanwhile: read it anew.
        STALE,
        /// The store cannot be reached now; what serves goes on.
        UNAVAILABLE,
        /// It would change what must never change: a version's bytes, say.
        REFUSED,
        /// It names what is not there any more, or takes away what an arm of a route stands for.
        UNMET,
        /// What is there is not a record of ours, or of a newer release.
        UNREADABLE
    }

    public StoreException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
