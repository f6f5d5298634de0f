package dev.penstock.core;

import org.jspecify.annotations.Nullable;

/// The one exception that crosses the core's border. It has no stack trace: it is an answer, and its message is
/// meant for the caller.
public final class ServingException extends RuntimeException {
    private final ErrorCode code;

    public ServingException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /// @param cause for those of us who tell one reason for a code from another; no caller sees it
    public ServingException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.code = code;
    }

    public static ServingException invalid(String message) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, message);
    }

    public ErrorCode code() {
        return code;
    }

    /// Never null, unlike [#getMessage] in general.
    public String reason() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
