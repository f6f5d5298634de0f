package dev.penstock.server.alerting;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one receiver is to be told, in order: the first event is tried until it has arrived or its time is
/// over, and the others wait. Not thread-safe.
final class Outbox {
    private final int most;
    private final long retryMillis;
    private final Backoff backoff;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int failures;
    private long dueMillis;

    /// @param sinceMillis when it was put there
    /// @param attempts so far
    record Waiting(CloudEvent event, long sinceMillis, int attempts) {}

    Outbox(int most, long retryMillis, Backoff backoff) {
        this.most = most;
        this.retryMillis = retryMillis;
        this.backoff = backoff;
    }

    /// @return false if there is no room
    boolean offer(CloudEvent event, long nowMillis) {
        if (waiting.size() >= most) {
            return false;
        }
        waiting.addLast(new Waiting(event, nowMillis, 0));
        return true;
    }

    /// What is to be tried now.
    @Nullable
    Waiting due(long nowMillis) {
        return nowMillis - dueMillis >= 0 ? waiting.peekFirst() : null;
    }

    /// When there is something to be tried; [Long#MAX_VALUE] if nothing waits.
    long dueMillis() {
        return waiting.isEmpty() ? Long.MAX_VALUE : dueMillis;
    }

    /// The one that is tried again.
    Waiting first() {
        return waiting.getFirst();
    }

    /// The first one has arrived.
    Waiting arrived() {
        failures = 0;
        return attempted();
    }

    /// The first one will never arrive.
    Waiting refused() {
        return attempted();
    }

    /// The first one has not arrived.
    ///
    /// @param leastMillis that the receiver asks to be left alone, 0 if it does not say;
    ///     [Backoff#LONGEST] at most
    /// @return those whose time is over, in order: they are given up; if none, it is tried again
    List<Waiting> failed(long nowMillis, long leastMillis) {
        failures++;
        waiting.addFirst(attempted());
        List<Waiting> over = new ArrayList<>();
        while (!waiting.isEmpty() && nowMillis - waiting.getFirst().sinceMillis() >= retryMillis) {
            over.add(waiting.removeFirst());
        }
        if (!over.isEmpty()) {
            // The next one has not been tried, and should not wait as long as the last one came to.
            failures = 1;
        }
        long pause = Math.max(backoff.millis(failures), Math.min(leastMillis, Backoff.LONGEST.toMillis()));
        dueMillis = nowMillis + pause;
        return over;
    }

    private Waiting attempted() {
        Waiting first = waiting.removeFirst();
        return new Waiting(first.event(), first.sinceMillis(), first.attempts() + 1);
    }

    /// Takes all that waits.
    List<Waiting> drain() {
        List<Waiting> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    int size() {
        return waiting.size();
    }
}
