package dev.penstock.server.wire;

import dev.penstock.core.ServingException;

/// What a request may be of any size, and what a caller is told whose message is more.
public final class MessageLimits {
    /// Elements of one field: far more than models have. What a request names beyond is an attack, not a call.
    public static final int MAX_ELEMENTS = 10_000;

    /// No tensor has as many; what is still too many for a model is refused later, by name.
    public static final int MAX_DIMS = 64;

    /// Of a request's own id, which every answer repeats.
    public static final int MAX_ID_BYTES = 1024;

    private MessageLimits() {}

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
