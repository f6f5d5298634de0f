package dev.penstock.core;

import org.jspecify.annotations.Nullable;

/// Where the outcome of one request goes. Exactly one of [#reply] and [#fail] is called, once, on any thread;
/// neither may block or throw.
public interface ReplySink {
    /// Tells which arm of a route has the request, before the outcome; not called where there is no route.
    /// Again if the arm failed and another one runs the request in its place.
    default void assigned(Assigned arm) {}

    /// Tells which version answers, before the outcome; not called when none was found. Again if another arm of
    /// a route runs the request in its place.
    void resolved(ModelKey key);

    /// Tells whoever stands next to the router that the request was held against its version and fits it; not
    /// called for one that is refused before. Need not be handed on.
    default void fits() {}

    /// Tells since when a thread was there for the first request of this one's batch, before [#ran]; not
    /// called for what ran alone.
    default void batched(long sinceNanos) {}

    /// Tells when the request's run was, before the outcome; not called where none was made for it.
    ///
    /// @param rows of the request
    /// @param runRows of the run, of other requests as well; 0 if nobody knows
    default void ran(int rows, int runRows, long startedNanos, long endedNanos) {}

    /// The outputs' memory belongs to the sink from here on.
    void reply(InferenceReply reply);

    void fail(ErrorCode code, String message);

    /// Whether the caller went away, so that a run would be for nobody. Thread-safe.
    boolean abandoned();

    /// What the caller's header of that name says, for those who keep such things: null if it is not there,
    /// or the door was not told to keep it. To be asked by whoever hands the request on, before that returns.
    ///
    /// @param name lower case
    default @Nullable CharSequence header(String name) {
        return null;
    }

    /// What the request's own parameter of that name says, as text: null if it is not there. To be asked like
    /// [#header].
    default @Nullable CharSequence parameter(String name) {
        return null;
    }
}
