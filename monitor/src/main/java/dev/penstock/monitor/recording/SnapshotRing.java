package dev.penstock.monitor.recording;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The first snapshot of each of the last steps of time. Not thread-safe.
final class SnapshotRing {
    private final long stepMillis;
    private final int steps;

    /// Oldest first.
    private final Deque<Taken> kept = new ArrayDeque<>();

    /// A snapshot and when it was taken.
    record Taken(long atMillis, Cumulative counts) {}

    /// @param steps how many ended ones are kept
    SnapshotRing(long stepMillis, int steps) {
        this.stepMillis = stepMillis;
        this.steps = steps;
    }

    /// Keeps it if it is the first of its step.
    ///
    /// @param taken not before those that were offered earlier
    void offer(Taken taken) {
        Taken last = kept.peekLast();
        if (last == null || step(last.atMillis) < step(taken.atMillis)) {
            kept.addLast(taken);
            // Of a full ring the oldest began at least `steps` steps ago.
            if (kept.size() > steps + 1) {
                kept.removeFirst();
            }
        }
    }

    /// The first snapshot of the step that a moment lies in, or of the next one that has any; null if there is
    /// none.
    @Nullable
    Taken from(long millis) {
        for (Taken taken : kept) {
            if (step(taken.atMillis) >= step(millis)) {
                return taken;
            }
        }
        return null;
    }

    /// Those that were taken between both moments, without them, the oldest first.
    List<Taken> between(long fromMillis, long toMillis) {
        return kept.stream()
                .filter(taken -> taken.atMillis > fromMillis && taken.atMillis < toMillis)
                .toList();
    }

    /// The beginning of the step that a moment lies in.
    long begin(long millis) {
        return step(millis) * stepMillis;
    }

    /// Whether the step that a moment lies in is among those that are kept, now being in another.
    boolean covers(long millis, long nowMillis) {
        return step(nowMillis) - step(millis) <= steps;
    }

    private long step(long millis) {
        return Math.floorDiv(millis, stepMillis);
    }
}
