package dev.penstock.loadtest.target;

/// A server cannot be asked, or says no. The message is meant for the caller.
public final class TargetException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// What scripts tell apart.
    public enum Kind {
        /// Nobody answers at that address, or not in this protocol.
        UNREACHABLE,
        /// The server says no: the model is not there or not ready, or it does not take the request.
        REFUSED
    }

    private final Kind kind;

    TargetException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
