package dev.penstock.core;

/// Why a request got no answer. Each transport maps these in one switch.
public enum ErrorCode {
    /// The request itself is wrong; sending it again is no use.
    INVALID_ARGUMENT,
    /// No such model, version or route.
    NOT_FOUND,
    /// It is taken already, by something else.
    ALREADY_EXISTS,
    /// It exists, but cannot serve now.
    NOT_READY,
    /// A queue, a quota or a budget is full; later may work.
    OVERLOADED,
    DEADLINE_EXCEEDED,
    /// The caller went away.
    CANCELLED,
    /// More bytes than a limit allows.
    TOO_LARGE,
    UNAUTHENTICATED,
    PERMISSION_DENIED,
    /// Known to the protocol, not to this server.
    UNSUPPORTED,
    /// The model failed while running.
    MODEL_FAILED,
    /// A fault of ours.
    INTERNAL
}
