package dev.penstock.server.fast;

import dev.penstock.core.batching.Offer;
import dev.penstock.router.split.BoundRoute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sees requests to one model on the fast path, and what becomes of them. Called on event loops; must neither
/// block nor throw.
@FunctionalInterface
public interface FastTap {
    /// @param call about to be offered
    /// @return the same, or what is to be offered in its place: around it, and not used again
    FastCall around(FastCall call, Layout layout);

    /// What [#around] gave is offered to another, or failed before it was taken, and has no outcome; should it
    /// get one all the same, that is to be told and no more.
    default void untaken(FastCall call) {}

    /// What [#around] gave was refused before it was taken, and the caller is told so: it has no other outcome.
    ///
    /// @param answer why; neither [Offer#TAKEN] nor [Offer#CLOSED]
    default void refused(FastCall call, Offer answer) {}

    /// Who wants to see requests to a model.
    @FunctionalInterface
    interface Source {
        Source NONE = _ -> null;

        /// @return null for nobody
        @Nullable
        FastTap of(String model);

        /// Who wants to see requests to a route, whichever arm has them.
        ///
        /// @return null for nobody
        default @Nullable FastTap of(BoundRoute route) {
            return null;
        }

        /// Lower-case names of headers that are wanted.
        default List<String> headers() {
            return List.of();
        }
    }
}
