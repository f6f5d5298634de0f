package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.latency.LatencyCounts;

/// What one loop counted in one window, or after the last one. Belongs to the loop until it is handed over.
final class WindowTally {
    /// Whose it is: a place in the list of loops.
    final int part;

    final LatencyCounts latency = new LatencyCounts();
    long due;
    long failed;
    long overflowed;

    /// Counting from 0.
    int index;

    /// How long the window was; 0 for what came after the last one.
    long nanos;

    /// The loop hands over no more.
    boolean last;

    WindowTally(int part) {
        this.part = part;
    }

    void reset() {
        latency.reset();
        due = 0;
        failed = 0;
        overflowed = 0;
        index = 0;
        nanos = 0;
        last = false;
    }
}
