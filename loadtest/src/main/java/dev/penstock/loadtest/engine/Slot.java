package dev.penstock.loadtest.engine;

import java.util.Arrays;

/// One place in flight. Belongs to one connection, which alone touches it.
final class Slot {
    /// Its place in its connection.
    final int index;

    /// Which of the plan's payloads.
    int payload;

    /// Of the request: no other of the run has the same.
    long number;

    /// From when latency counts.
    long dueNanos;

    long sentNanos;
    boolean measured;
    boolean verify;
    boolean busy;

    /// How much of the body is written; -1 as long as the head is not.
    int written;

    /// Whether all is written.
    boolean sent;

    /// Of the headers of its answer that are counted apart, in the plan's order, as [Breakdown#value] numbers
    /// them.
    final int[] values;

    /// @param headers how many are counted apart
    Slot(int index, int headers) {
        this.index = index;
        this.values = new int[headers];
    }

    /// A request takes this place, and nothing of it is written.
    void begin(int nextPayload, long itsNumber, long due, long now, boolean counts, boolean verifies) {
        payload = nextPayload;
        number = itsNumber;
        dueNanos = due;
        sentNanos = now;
        measured = counts;
        verify = verifies;
        busy = true;
        written = -1;
        sent = false;
        Arrays.fill(values, HeaderValues.ABSENT);
    }
}
