package dev.penstock.server.fast;

import dev.penstock.core.Assigned;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.core.batching.RowsCall;
import dev.penstock.router.split.RequestFacts;
import org.jspecify.annotations.Nullable;

/// One request on the fast path. Pooled: not to be touched after its outcome.
public interface FastCall extends RowsCall, RequestFacts {
    /// The event loop that offers the call, as [FastModels#newLoop] made it.
    @Nullable
    InlineLoop loop();

    /// Of the same event loop.
    RefusalRest refusals();

    /// What the request's parameter `priority` says; 0 if it says nothing.
    long priority();

    /// @param index of the header, as the door was told to keep it
    /// @return the value the caller sent, or null; to be read before [FastModel#offer] returns
    @Nullable
    CharSequence metadata(int index);

    /// The caller's own id of the request, of which the first [#idLength] bytes count.
    byte[] id();

    int idLength();

    /// Where the rows of an input lie, one after another; to be read before [FastModel#offer] returns.
    ///
    /// @param input index in the signature
    long inputAddress(int input);

    /// The same as [dev.penstock.core.ReplySink#header], to be read before [FastModel#offer] returns.
    @Override
    @Nullable
    CharSequence header(String name);

    /// Tells where a route sends the call, before [FastRoute#pick] gives the model that has it. Whoever carries
    /// the call tells the model's [FastArm] of the outcome.
    ///
    /// @param place a [dev.penstock.router.split.Place]
    void assigned(long place);

    /// Where a route has sent it; of no meaning where none has.
    long routed();

    /// The arm of a route that the call is offered to, made for whoever asks; null if none has it. To be read
    /// before [FastModel#offer] returns.
    default @Nullable Assigned arm() {
        return null;
    }
}
