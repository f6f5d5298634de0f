package dev.penstock.server.fast;

import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/// Lets an event loop rest for a moment after it refused requests of a model that has more than it can do.
///
/// Requests that come one by one wake a loop one by one, and each time a worker loses its core to what is refused
/// anyway. A loop that rests reads together what came meanwhile. Confined to its loop.
public final class RefusalRest {
    /// Far less than a refusal may take, and more than requests of an overload are apart.
    private static final long REST_NANOS = 200_000;

    private final Executor endOfTurn;
    private final Runnable nap;
    private final Runnable rest = this::rest;
    private boolean scheduled;

    public RefusalRest(SingleThreadEventLoop eventLoop) {
        // After what this turn's requests and answers have set off: only who comes later waits.
        this(eventLoop::executeAfterEventLoopIteration, () -> LockSupport.parkNanos(REST_NANOS));
    }

    /// @param endOfTurn runs what it is given after all else of the loop's turn
    /// @param nap is the rest
    RefusalRest(Executor endOfTurn, Runnable nap) {
        this.endOfTurn = endOfTurn;
        this.nap = nap;
    }

    /// Says that the loop refused a request because too much waits. It rests once, at the end of its turn.
    public void refused() {
        if (scheduled) {
            return;
        }
        try {
            endOfTurn.execute(rest);
            scheduled = true;
        } catch (RejectedExecutionException _) {
            // It ends, and has all the rest it wants.
        }
    }

    private void rest() {
        scheduled = false;
        nap.run();
    }
}
