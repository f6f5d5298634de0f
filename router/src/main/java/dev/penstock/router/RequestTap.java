package dev.penstock.router;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;

/// Sees requests on their way to their models, and what becomes of them. Thread-safe; must neither block nor
/// throw.
@FunctionalInterface
public interface RequestTap {
    /// Nobody looks.
    RequestTap NONE = (request, sink) -> sink;

    /// @param request whose inputs are there until its outcome
    /// @return `sink`, or what is told the outcome in its place and tells it
    ReplySink around(InferenceRequest request, ReplySink sink);

    /// The request failed before anybody took it. What [#around] gave has no outcome; should it get one all
    /// the same, perhaps at this moment, that is to be told and no more.
    default void untaken(ReplySink sink) {}
}
