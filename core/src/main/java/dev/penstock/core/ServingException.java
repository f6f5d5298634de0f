package dev.penstock.core;

/// The one exception that crosses the core's border. It has no stack trace: it is an answer, and its message is
/// meant for the caller.
public final class ServingException extends RuntimeException {
    private final ErrorCode code;

    public ServingException(ErrorCode code, String message) {
        super(message, null, false, false);
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
