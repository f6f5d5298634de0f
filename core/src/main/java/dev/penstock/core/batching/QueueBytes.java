package dev.penstock.core.batching;

import java.util.concurrent.CopyOnWriteArrayList;

/// Bounds the bytes of the rows that wait for one model, in all its queues. Thread-safe.
///
/// What is offered at the same time on several threads is not seen by each other, so the bound may be exceeded by a
/// request for each of them.
final class QueueBytes {
    private final long most;
    private final CopyOnWriteArrayList<Work> queues = new CopyOnWriteArrayList<>();

    QueueBytes(long most) {
        this.most = most;
    }

    static QueueBytes unbounded() {
        return new QueueBytes(Long.MAX_VALUE);
    }

    void add(Work queue) {
        queues.add(queue);
    }

    void remove(Work queue) {
        queues.remove(queue);
    }

    /// Whether so many more may wait. One request always may.
    boolean admits(long bytes) {
        long waiting = 0;
        for (Work queue : queues) {
            waiting += queue.waitingBytes();
        }
        return waiting == 0 || waiting + bytes <= most;
    }
}
