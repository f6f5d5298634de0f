package dev.penstock.router.waiting;

import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A version that is not in memory and is brought there when somebody asks for it: nobody gets a lease of it. Once it
/// is there, another handle stands in its place in the routes.
public interface OnDemandVersion extends VersionHandle {
    /// @throws ServingException if that is not known until it is there: then it is brought there
    @Override
    Signature signature();

    /// Has it brought into memory. Must not block.
    ///
    /// @param done told once, on any thread and perhaps before this returns, when the next look at the routes finds
    ///     it, with null; or why it cannot be had
    void wake(Consumer<@Nullable ServingException> done);
}
