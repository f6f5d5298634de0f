package dev.penstock.loadtest.engine;

/// The server said what the protocol does not allow, or more than this client understands.
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    ProtocolException(String message) {
        super(message);
    }
}
