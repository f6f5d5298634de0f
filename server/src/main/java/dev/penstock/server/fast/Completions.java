package dev.penstock.server.fast;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Brings outcomes from any thread to their event loop: many producers, one consumer, one wake-up for as many as came
/// before the loop looked. Allocates nothing: the calls themselves are the links.
///
/// @param <C> the calls
public final class Completions<C extends Completions.Linked<C>> {
    /// A call that can be in one such list.
    ///
    /// @param <C> itself
    public interface Linked<C> {
        @Nullable
        C nextCompleted();

        void nextCompleted(@Nullable C next);

        /// Brings the outcome to the caller, on the loop.
        void settle();
    }

    private static final System.Logger LOG = System.getLogger(Completions.class.getName());

    private final Executor eventLoop;
    private final AtomicReference<@Nullable C> newest = new AtomicReference<>();
    private final Runnable drain = this::drain;

    public Completions(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /// Has [Linked#settle] called on the loop. The call is in no such list at the time.
    public void add(C call) {
        @Nullable C next;
        do {
            next = newest.get();
            call.nextCompleted(next);
        } while (!newest.compareAndSet(next, call));
        if (next == null) {
            wake();
        }
    }

    // An outcome may come when the loop has ended: then whoever brings it cleans up, one at a time.
    private void wake() {
        try {
            eventLoop.execute(drain);
        } catch (RejectedExecutionException e) {
            afterTheLoop(drain);
        }
    }

    /// Does something that only the loop may do, once the loop has ended.
    public synchronized void afterTheLoop(Runnable action) {
        action.run();
    }

    private void drain() {
        C call = inOrder(newest.getAndSet(null));
        while (call != null) {
            @Nullable C next = call.nextCompleted();
            call.nextCompleted(null);
            settle(call);
            call = next;
        }
    }

    // Whatever befalls one call, those behind it have their outcomes, too.
    private void settle(C call) {
        try {
            call.settle();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "bringing an outcome to its caller failed", e);
        }
    }

    private @Nullable C inOrder(@Nullable C newestFirst) {
        C oldest = null;
        C call = newestFirst;
        while (call != null) {
            C next = call.nextCompleted();
            call.nextCompleted(oldest);
            oldest = call;
            call = next;
        }
        return oldest;
    }
}
