package dev.penstock.router.waiting;

import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// A version that is not in memory and is brought there when somebody asks for it: nobody gets a lease of it.
/// Once it is there, another handle stands in its place in the routes.
public interface OnDemandVersion extends VersionHandle {
    /// @throws ServingException if that is not known until it is there: then it is brought there
    @Override
    Signature signature();

    @Override
    default @Nullable Signature knownSignature() {
        return null;
    }

    /// Has it brought into memory. Must not block.
    ///
    /// @param asker told once, on any thread and perhaps before this returns
    void wake(Asker asker);

    /// Who wants a version. Neither call may block.
    @FunctionalInterface
    interface Asker {
        /// What became of it.
        ///
        /// @param failure null if the next look at the routes finds it; else why it cannot be had
        void told(@Nullable ServingException failure);

        /// Asked before it is loaded: who says no is forgotten, and is not told.
        default boolean stillWants() {
            return true;
        }
    }
}
