package dev.penstock.server.calls;

/// Where calls go that somebody wants to know of. Lossy: under pressure it drops and counts, never waits.
public interface CallSink {
    /// Any thread, event loops among them; does not block.
    void offer(FinishedCall call);
}
