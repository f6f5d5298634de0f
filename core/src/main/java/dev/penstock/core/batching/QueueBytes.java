package dev.penstock.core.batching;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds the bytes of the rows that wait for one model, in all its queues, and those of the answers that are
/// put together for it. Thread-safe.
///
/// What is offered at the same time on several threads is not seen by each other, so the bound may be
/// exceeded by a request for each of them.
final class QueueBytes {
    private final long most;
    private final CopyOnWriteArrayList<Work> queues = new CopyOnWriteArrayList<>();
    private final AtomicLong answers = new AtomicLong();

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

    /// Of the inputs of what waits. A moment's view.
    long waiting() {
        long waiting = 0;
        for (Work queue : queues) {
            waiting += queue.waitingBytes();
        }
        return waiting;
    }

    /// When the first of what waits came, or `otherwise` if nothing waits. A moment's view.
    long oldestArrivedNanos(long otherwise) {
        long oldest = otherwise;
        for (Work queue : queues) {
            oldest = queue.oldestArrivedNanos(oldest);
        }
        return oldest;
    }

    /// Whether so many more may wait. One request always may.
    boolean admits(long bytes) {
        long waiting = waiting();
        return waiting == 0 || waiting + bytes <= most;
    }

    /// The most that answers which are put together may have, counted apart from what waits.
    long mostOfAnswers() {
        return most;
    }

    /// Reserves an answer that will be put together, if there is room. Unlike a request it is not there yet,
    /// so that none is an exception.
    boolean tryTakeAnswer(long bytes) {
        if (answers.addAndGet(bytes) <= most) {
            return true;
        }
        answers.addAndGet(-bytes);
        return false;
    }

    /// Its request has its outcome.
    void giveAnswer(long bytes) {
        answers.addAndGet(-bytes);
    }
}
