package dev.penstock.server.grpc;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.MessageLimit;
import io.grpc.Status;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds out that the transport gave a call up for a message over the limit.
final class TooLarge {
    /// How the transport words it.
    private static final Pattern EXCEEDED = Pattern.compile("exceeds maximum size \\d+: (\\d+)");

    private TooLarge() {}

    /// @param status why the transport gave a call up
    /// @return the answer if it was for a message over the limit, else null
    static @Nullable ServingException from(Status status, MessageLimit limit) {
        String description = status.getDescription();
        if (status.getCode() != Status.Code.RESOURCE_EXHAUSTED || description == null) {
            return null;
        }
        Matcher exceeded = EXCEEDED.matcher(description);
        return exceeded.find() ? limit.tooLarge(exceeded.group(1)) : null;
    }
}
