package dev.penstock.loadtest;

/// What the caller typed, or a file it names, cannot be sent. The message is meant for the caller.
final class InputError extends RuntimeException {
    InputError(String message) {
        super(message, null, false, false);
    }
}
