package dev.penstock.server;

import dev.penstock.server.config.Key;
import dev.penstock.server.config.ServerConfig.Endpoint;

/// A door could not be opened.
final class CannotBindException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param key the setting that says which port it is
    CannotBindException(Key<Integer> key, Endpoint endpoint, Throwable cause) {
        super(
                "cannot listen on %s (%s): %s\nanother program may have the port: choose one with %s, 0 for any free one"
                        .formatted(endpoint, key.name(), reason(cause), key.flag()),
                cause);
    }

    private static String reason(Throwable cause) {
        // The doors say where again; what lies beneath says why.
        Throwable beneath = cause.getCause() == null ? cause : cause.getCause();
        String message = beneath.getMessage();
        return message == null ? beneath.getClass().getSimpleName() : message;
    }
}
