package dev.penstock.loadtest.bench;

/// The bench cannot go on. The message is meant for whoever started it.
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
