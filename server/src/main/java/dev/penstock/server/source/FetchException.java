package dev.penstock.server.source;

/// Why something could not be fetched or kept, in words for the person who asked; never with credentials.
public final class FetchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /// Whose fault it is.
    public enum Reason {
        /// The URI or what came with it is wrong or not allowed here.
        REFUSED,
        NOT_FOUND,
        /// What came is not what was said to come: another hash or size.
        CORRUPT,
        /// More than this server takes.
        TOO_LARGE,
        /// The other side does not answer rightly now; later it may.
        UNREACHABLE,
        /// This machine's disk.
        DISK
    }

    public FetchException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public FetchException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
