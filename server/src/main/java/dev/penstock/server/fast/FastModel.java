package dev.penstock.server.fast;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Offer;
import org.jspecify.annotations.Nullable;

/// One version whose tensors have rows of fixed size: all dimensions known, but for dimension 0 of every
/// tensor where the signature says it is the batch. Thread-safe, never blocks.
public interface FastModel {
    /// A call with fewer bytes of input than this has to be copied before [#offer] returns; its bytes are
    /// gone then. Those of a larger call stay until its outcome.
    int COPY_AT_ONCE_BYTES = 4096;

    ModelKey key();

    /// The same object at every call.
    Signature signature();

    /// The signature as requests are held against it. What answers many calls keeps it.
    default Layout layout() {
        return Layout.of(this);
    }

    /// The arm of a route that this model is, or null. The same at every call.
    default @Nullable FastArm arm() {
        return null;
    }

    /// Takes a call that fits the signature, or says no at once. On the event loop of the call.
    ///
    /// @return [Offer#TAKEN] if the call gets exactly one outcome, perhaps before this returns. Else the call
    ///     stays the door's: it takes the general path if this is [Offer#CLOSED], and is refused otherwise,
    ///     as the queue is full.
    @CheckReturnValue
    Offer offer(FastCall call);
}
