package dev.penstock.server.grpc.door;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends calls whose deadline has passed, a few milliseconds late at most. One per event loop, confined to it; no
/// timer per call, and none at all while no call has a deadline.
final class Deadlines {
    private static final long TICK_MILLIS = 2;

    private final EventLoop eventLoop;
    private final NanoClock clock;
    private final Runnable tick = this::tick;
    private @Nullable Entry first;
    private boolean ticking;

    /// Something with a deadline; a link of the list.
    abstract static class Entry {
        private @Nullable Entry next;
        private @Nullable Entry previous;
        private boolean listed;
        long deadlineNanos = InferenceRequest.NO_DEADLINE;

        /// The deadline has passed; the entry is off the list.
        abstract void expired();
    }

    Deadlines(EventLoop eventLoop, NanoClock clock) {
        this.eventLoop = eventLoop;
        this.clock = clock;
    }

    void add(Entry entry) {
        if (entry.deadlineNanos == InferenceRequest.NO_DEADLINE || entry.listed) {
            return;
        }
        entry.listed = true;
        entry.previous = null;
        entry.next = first;
        if (first != null) {
            first.previous = entry;
        }
        first = entry;
        if (!ticking) {
            ticking = true;
            schedule();
        }
    }

    void remove(Entry entry) {
        if (!entry.listed) {
            return;
        }
        entry.listed = false;
        if (entry.previous == null) {
            first = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next != null) {
            entry.next.previous = entry.previous;
        }
        entry.next = null;
        entry.previous = null;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It ends by itself.
    private void schedule() {
        eventLoop.schedule(tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long nowNanos = clock.nanoTime();
        Entry entry = first;
        while (entry != null) {
            Entry next = entry.next;
            if (entry.deadlineNanos - nowNanos <= 0) {
                remove(entry);
                entry.expired();
            }
            entry = next;
        }
        if (first == null) {
            ticking = false;
        } else {
            schedule();
        }
    }
}
