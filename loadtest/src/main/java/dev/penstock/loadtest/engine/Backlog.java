package dev.penstock.loadtest.engine;

/// Requests that are due and wait for a place in flight. Bounded; confined to one loop.
final class Backlog {
    private final long[] dueNanos;
    private final boolean[] measured;
    private int head;
    private int size;

    Backlog(int places) {
        this.dueNanos = new long[places];
        this.measured = new boolean[places];
    }

    /// @return false if there is no room
    boolean offer(long due, boolean isMeasured) {
        if (size == dueNanos.length) {
            return false;
        }
        int at = (head + size++) % dueNanos.length;
        dueNanos[at] = due;
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

    boolean oldestIsMeasured() {
        return measured[head];
    }

    void drop() {
        head = (head + 1) % dueNanos.length;
        size--;
    }
}
