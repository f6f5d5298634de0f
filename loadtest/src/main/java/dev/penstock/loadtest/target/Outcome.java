package dev.penstock.loadtest.target;

import java.util.function.Function;

/// How a question to a server ended.
public sealed interface Outcome<T> {
    /// @param requestId by which the server's log knows the call, or ""
    record Answered<T>(T value, String requestId) implements Outcome<T> {}

    /// @param code the protocol's name or number for it
    /// @param requestId by which the server's log knows the call, or ""
    record Refused<T>(String code, String message, String requestId) implements Outcome<T> {}

    /// @param reason why nobody answered
    record Unreachable<T>(String reason) implements Outcome<T> {}

    default <R> Outcome<R> map(Function<T, R> change) {
        return switch (this) {
            case Answered<T>(T value, String requestId) -> new Answered<>(change.apply(value), requestId);
            case Refused<T>(String code, String message, String requestId) -> new Refused<>(code, message, requestId);
            case Unreachable<T>(String reason) -> new Unreachable<>(reason);
        };
    }
}
