package dev.penstock.server.wire;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;

/// What a request may be, and what a caller is told whose message is more.
public final class MessageLimits {
    /// Elements of one field: far more than models have. What a request names beyond is an attack, not a call.
    public static final int MAX_ELEMENTS = 10_000;

    /// No tensor has as many; what is still too many for a model is refused later, by name.
    public static final int MAX_DIMS = 64;

    /// Of a request's own id, which every answer repeats.
    public static final int MAX_ID_BYTES = 1024;

    private static final String SETTING = "grpc.max-message-bytes";

    private MessageLimits() {}

    /// @param bytes what the message's prefix says
    public static ServingException tooLarge(String bytes, int maxBytes) {
        return over("the message has " + bytes + " bytes", maxBytes);
    }

    /// For a message that was found too large while it was decompressed.
    public static ServingException tooLargeDecompressed(int maxBytes) {
        return over("the message has more than " + maxBytes + " bytes once decompressed", maxBytes);
    }

    private static ServingException over(String what, int maxBytes) {
        return new ServingException(
                ErrorCode.TOO_LARGE, what + " (expected: at most " + maxBytes + ", the setting " + SETTING + ")");
    }

    /// @param what the field
    public static ServingException tooMany(String what, int count, int limit) {
        return ServingException.invalid("%s: %d elements or more (expected: at most %d)".formatted(what, count, limit));
    }

    /// @param bytes of the field `id`
    /// @throws ServingException if it is too long to be repeated
    public static void checkId(int bytes) {
        if (bytes > MAX_ID_BYTES) {
            throw ServingException.invalid("'id' has %d bytes (expected: at most %d)".formatted(bytes, MAX_ID_BYTES));
        }
    }

    /// @param type of the message that the bytes are not
    /// @param why "" if there is no more to say
    public static ServingException malformed(String type, String why) {
        return ServingException.invalid("truncated or malformed " + type + (why.isEmpty() ? "" : ": " + why));
    }
}
