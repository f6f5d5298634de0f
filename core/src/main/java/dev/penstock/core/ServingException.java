package dev.penstock.core;

import org.jspecify.annotations.Nullable;

/// The one exception that crosses the core's border. It has no stack trace: it is an answer, and its message is
/// meant for the caller.
public final class ServingException extends RuntimeException {
    private final ErrorCode code;
    private final transient @Nullable Mistake mistake;

    public ServingException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /// @param cause for those of us who tell one reason for a code from another; no caller sees it
    public ServingException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, null);
    }

    private ServingException(ErrorCode code, String message, @Nullable Throwable cause, @Nullable Mistake mistake) {
        super(message, cause, false, false);
        this.code = code;
        this.mistake = mistake;
    }

    public static ServingException invalid(String message) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, message);
    }

    /// With INVALID_ARGUMENT, and what the mistake says.
    public static ServingException of(Mistake mistake) {
        return new ServingException(ErrorCode.INVALID_ARGUMENT, mistake.text(), null, mistake);
    }

    /// What is wrong with what somebody wrote; null if that is not it.
    public @Nullable Mistake mistake() {
        return mistake;
    }

    /// The same of a part of what somebody wrote, seen from where `outer` is.
    public ServingException in(FieldPath outer) {
        Mistake inner = mistake == null ? new Mistake(FieldPath.HERE, ": " + reason(), "", "", false) : mistake;
        Mistake seen = inner.in(outer);
        return new ServingException(code, seen.text(), getCause(), seen);
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
