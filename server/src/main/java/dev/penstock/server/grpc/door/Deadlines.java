package dev.penstock.server.grpc.door;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import io.netty.channel.EventLoop;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends calls whose deadline has passed, a few milliseconds late at most. One per event loop, confined to it; no
/// timer per call but one for the earliest of all deadlines, most of whose calls are answered long before.
final class Deadlines {
    /// Deadlines so close together are looked at together.
    private static final long TICK_NANOS = 2_000_000;

    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final EventLoop eventLoop;
    private final NanoClock clock;
    private final Runnable tick = this::tick;
    private @Nullable Entry first;

    /// Null while nothing has a deadline that somebody still waits for.
    private @Nullable ScheduledFuture<?> nextTick;

    private long nextTickNanos;

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

    /// Also when its deadline was moved.
    void add(Entry entry) {
        if (entry.deadlineNanos == InferenceRequest.NO_DEADLINE) {
            return;
        }
        if (!entry.listed) {
            link(entry);
        }
        if (nextTick == null || entry.deadlineNanos - nextTickNanos < -TICK_NANOS) {
            schedule(entry.deadlineNanos, clock.nanoTime());
        }
    }

    private void link(Entry entry) {
        entry.listed = true;
        entry.previous = null;
        entry.next = first;
        if (first != null) {
            first.previous = entry;
        }
        first = entry;
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

    private void schedule(long dueNanos, long nowNanos) {
        ScheduledFuture<?> later = nextTick;
        if (later != null) {
            later.cancel(false);
        }
        long waitNanos = Math.clamp(dueNanos - nowNanos, TICK_NANOS, LONGEST_NANOS);
        nextTickNanos = nowNanos + waitNanos;
        nextTick = eventLoop.schedule(tick, waitNanos, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        nextTick = null;
        long nowNanos = clock.nanoTime();
        long soonestNanos = nowNanos + LONGEST_NANOS;
        Entry entry = first;
        while (entry != null) {
            Entry next = entry.next;
            if (entry.deadlineNanos - nowNanos <= 0) {
                remove(entry);
                entry.expired();
                // That may have taken others off the list, the next one too: another look finds the rest.
                soonestNanos = nowNanos;
                next = next != null && next.listed ? next : null;
            } else if (entry.deadlineNanos - soonestNanos < 0) {
                soonestNanos = entry.deadlineNanos;
            }
            entry = next;
        }
        // What came meanwhile has seen to itself, but perhaps to nothing as early.
        if (first != null && (nextTick == null || soonestNanos - nextTickNanos < -TICK_NANOS)) {
            schedule(soonestNanos, nowNanos);
        }
    }
}
