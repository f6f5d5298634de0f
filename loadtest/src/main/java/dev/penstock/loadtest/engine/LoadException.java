package dev.penstock.loadtest.engine;

/// The run could not be done at all: nobody listens, or the server does not allow what the plan asks for.
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
