package dev.penstock.server.grpc.door;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Brings outcomes from any thread to their event loop: many producers, one consumer, one wake-up for as many as came
/// before the loop looked. Allocates nothing: the calls themselves are the links.
final class Completions {
    private final Executor eventLoop;
    private final AtomicReference<@Nullable InferCall> newest = new AtomicReference<>();
    private final Runnable drain = this::drain;

    Completions(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /// Has [InferCall#settle] called on the loop. The call is in no such list at the time.
    void add(InferCall call) {
        @Nullable InferCall next;
        do {
            next = newest.get();
            call.nextCompleted = next;
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
    synchronized void afterTheLoop(Runnable action) {
        action.run();
    }

    private void drain() {
        InferCall call = inOrder(newest.getAndSet(null));
        while (call != null) {
            @Nullable InferCall next = call.nextCompleted;
            call.nextCompleted = null;
            call.settle();
            call = next;
        }
    }

    private static @Nullable InferCall inOrder(@Nullable InferCall newestFirst) {
        InferCall oldest = null;
        InferCall call = newestFirst;
        while (call != null) {
            InferCall next = call.nextCompleted;
            call.nextCompleted = oldest;
            oldest = call;
            call = next;
        }
        return oldest;
    }
}
