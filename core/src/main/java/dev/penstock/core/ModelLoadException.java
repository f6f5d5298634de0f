package dev.penstock.core;

/// A model that cannot be loaded. The message is for the person who put it there.
public final class ModelLoadException extends RuntimeException {
    public ModelLoadException(String reason) {
        super(reason);
    }

    public ModelLoadException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /// Never null, unlike [#getMessage] in general.
    public String reason() {
        String message = getMessage();
        return message == null ? "unknown" : message;
    }
}
