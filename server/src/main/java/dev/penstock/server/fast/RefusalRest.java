package dev.penstock.server.fast;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/// Lets an event loop rest for a moment after it refused requests of a model that has more than it can do.
///
/// Requests that come one by one wake a loop one by one, and each time a worker loses its core to what is refused
/// anyway. A loop that rests reads together what came meanwhile. Confined to its loop.
public final class RefusalRest {
    /// Far less than a refusal may take, and more than requests of an overload are apart.
    static final long REST_NANOS = 200_000;

    private final Executor eventLoop;
    private final Runnable rest = this::rest;
    private boolean scheduled;

    /// @param eventLoop runs what it is given after what it is doing, on its own thread
    public RefusalRest(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /// Says that the loop refused a request. It rests once, at the end of its turn.
    public void refused() {
        if (scheduled) {
            return;
        }
        try {
            eventLoop.execute(rest);
            scheduled = true;
        } catch (RejectedExecutionException _) {
            // It ends, and has all the rest it wants.
        }
    }

    private void rest() {
        scheduled = false;
        LockSupport.parkNanos(this, REST_NANOS);
    }
}
