package dev.penstock.loadtest.engine;

/// Requests that are due and wait for a place in flight or for a connection. Bounded; confined to one loop.
final class Backlog {
    private final long[] dueNanos;
    private final long[] sinceNanos;
    private final boolean[] measured;
    private int head;
    private int size;

    Backlog(int places) {
        this.dueNanos = new long[places];
        this.sinceNanos = new long[places];
        this.measured = new boolean[places];
    }

    /// @param since when it waits here
    /// @return false if there is no room
    boolean offer(long due, long since, boolean isMeasured) {
        if (size == dueNanos.length) {
            return false;
        }
        int at = (head + size++) % dueNanos.length;
        dueNanos[at] = due;
        sinceNanos[at] = since;
        measured[at] = isMeasured;
        return true;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long oldestDueNanos() {
        return dueNanos[head];
    }

    long oldestSinceNanos() {
        return sinceNanos[head];
    }

    boolean oldestIsMeasured() {
        return measured[head];
    }

    void drop() {
        head = (head + 1) % dueNanos.length;
        size--;
    }
}
