package dev.penstock.server.wire;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;

/// How large the messages of a port may be, and what a caller is told whose message is larger.
///
/// @param bytes of one message, decompressed
/// @param setting its name, or "" if nobody can set it
public record MessageLimit(int bytes, String setting) {
    /// The limit that an operator sets.
    public static MessageLimit set(int bytes) {
        return new MessageLimit(bytes, "grpc.max-message-bytes");
    }

    /// A limit that nobody can set.
    public static MessageLimit fixed(int bytes) {
        return new MessageLimit(bytes, "");
    }

    /// @param found what the message's prefix says
    public ServingException tooLarge(String found) {
        return over("the message has " + found + " bytes");
    }

    /// For a message that was found too large while it was decompressed.
    public ServingException tooLargeDecompressed() {
        return over("the message has more than " + bytes + " bytes once decompressed");
    }

    private ServingException over(String what) {
        return new ServingException(ErrorCode.TOO_LARGE, what + " (expected: at most " + bytes + named() + ")");
    }

    /// The name of the setting, as it goes on a sentence; "" if there is none.
    public String named() {
        return setting.isEmpty() ? "" : ", the setting " + setting;
    }
}
