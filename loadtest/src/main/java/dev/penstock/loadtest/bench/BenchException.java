package dev.penstock.loadtest.bench;

/// The bench cannot go on. The message is meant for whoever started it.
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
