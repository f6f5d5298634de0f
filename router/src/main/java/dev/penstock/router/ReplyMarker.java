package dev.penstock.router;

import dev.penstock.core.InferenceReply;

/// Gives answers of one version tokens, by which callers say later how good they were. Thread-safe; called by
/// whoever brings an answer, so that it must not block.
@FunctionalInterface
public interface ReplyMarker {
    /// @return the token, or "" for none
    String token(InferenceReply reply);
}
