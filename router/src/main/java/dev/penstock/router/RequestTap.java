package dev.penstock.router;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.router.split.BoundRoute;
import org.jspecify.annotations.Nullable;

/// Sees requests on their way to their models, and what becomes of them. Thread-safe; must neither block nor
/// throw.
@FunctionalInterface
public interface RequestTap {
    /// Nobody looks.
    RequestTap NONE = (_, _, sink) -> sink;

    /// @param request whose inputs are there until its outcome
    /// @param route that has dealt it to one of its arms, which `sink` is told next; null for none
    /// @return `sink`, or what is told the outcome in its place and tells it
    ReplySink around(InferenceRequest request, @Nullable BoundRoute route, ReplySink sink);

    /// The request failed before anybody took it. What [#around] gave has no outcome; should it get one all
    /// the same, perhaps at this moment, that is to be told and no more.
    default void untaken(ReplySink sink) {}
}
