package dev.penstock.loadtest.input;

/// What the caller typed, or a file it names, cannot be sent. The message is meant for the caller.
public final class InputError extends RuntimeException {
    public InputError(String message) {
        super(message, null, false, false);
    }
}
