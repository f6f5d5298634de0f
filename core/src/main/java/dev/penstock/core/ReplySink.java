package dev.penstock.core;

/// Where the outcome of one request goes. Exactly one of [#reply] and [#fail] is called, once, on any thread;
/// neither may block or throw.
public interface ReplySink {
    /// Tells which version answers, before the outcome and at most once; not called when none was found.
    void resolved(ModelKey key);

    /// Tells when the request's run was, before the outcome; not called where none was made for it.
    ///
    /// @param rows of the request
    default void ran(int rows, long startedNanos, long endedNanos) {}

    /// The outputs' memory belongs to the sink from here on.
    void reply(InferenceReply reply);

    void fail(ErrorCode code, String message);

    /// Whether the caller went away, so that a run would be for nobody. Thread-safe.
    boolean abandoned();
}
