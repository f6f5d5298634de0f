package dev.penstock.router;

import dev.penstock.core.Assigned;
import dev.penstock.core.InferenceReply;
import org.jspecify.annotations.Nullable;

/// Gives answers of one version tokens, by which callers say later how good they were. Thread-safe; called by
/// whoever brings an answer, so that it must not block.
@FunctionalInterface
public interface ReplyMarker {
    /// @param arm of a route that the request went to; null if there is no route
    /// @return the token, or "" for none
    String token(InferenceReply reply, @Nullable Assigned arm);

    /// The same without a route.
    default String token(InferenceReply reply) {
        return token(reply, null);
    }
}
