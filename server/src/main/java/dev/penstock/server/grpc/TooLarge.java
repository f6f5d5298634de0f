package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.grpc.Status;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What callers are told of a message over the limit: the size, the limit, and the setting it comes from.
final class TooLarge {
    static final String SETTING = "grpc.max-message-bytes";

    /// How the transport words it.
    private static final Pattern EXCEEDED = Pattern.compile("exceeds maximum size \\d+: (\\d+)");

    private TooLarge() {}

    /// @param status why the transport gave a call up
    /// @return the answer if it was for a message over the limit, else null
    static @Nullable ServingException from(Status status, int maxBytes) {
        String description = status.getDescription();
        if (status.getCode() != Status.Code.RESOURCE_EXHAUSTED || description == null) {
            return null;
        }
        Matcher exceeded = EXCEEDED.matcher(description);
        return exceeded.find() ? of("the message has " + exceeded.group(1) + " bytes", maxBytes) : null;
    }

    static ServingException decompressed(int maxBytes) {
        return of("the message has more than " + maxBytes + " bytes once decompressed", maxBytes);
    }

    private static ServingException of(String what, int maxBytes) {
        return new ServingException(
                ErrorCode.TOO_LARGE, what + " (expected: at most " + maxBytes + ", the setting " + SETTING + ")");
    }
}
