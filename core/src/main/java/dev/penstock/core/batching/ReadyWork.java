package dev.penstock.core.batching;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What wants a worker, in order of arrival. Runs of several threads wait for room, and are overtaken meanwhile by runs
/// of one, not by each other. Guarded by whoever has it.
final class ReadyWork {
    private final int workers;
    private final ArrayDeque<Work> narrow = new ArrayDeque<>();
    private final ArrayDeque<Wide> wide = new ArrayDeque<>();

    // How many narrow ones came, and went, so far.
    private long added;
    private long taken;

    /// Threads that wide runs may still take, so that together they are not more than there are workers.
    private int spare;

    ReadyWork(int workers) {
        this.workers = workers;
        this.spare = workers;
    }

    /// @param behind so many narrow ones, counted from the first ever
    private record Wide(Work work, long behind) {}

    void add(Work work) {
        if (work.threadsPerRun() == 1) {
            narrow.add(work);
            added++;
        } else {
            wide.add(new Wide(work, added));
        }
    }

    /// The first that may run now. What it takes of the room is its until [#ended].
    @Nullable
    Work poll() {
        Wide first = wide.peek();
        if (first != null && first.behind <= taken && hasRoomForWide()) {
            wide.remove();
            spare -= threadsOf(first.work);
            return first.work;
        }
        Work next = narrow.poll();
        taken += next == null ? 0 : 1;
        return next;
    }

    /// A run is over.
    void ended(Work work) {
        spare += work.threadsPerRun() == 1 ? 0 : threadsOf(work);
    }

    /// Whether a wide one waits.
    boolean hasWide() {
        return !wide.isEmpty();
    }

    /// Whether a wide one waits that there is room for.
    boolean hasRoomForWide() {
        Wide first = wide.peek();
        return first != null && threadsOf(first.work) <= spare;
    }

    /// How many runs of a wide one there is room for.
    int roomFor(Work work) {
        return spare / threadsOf(work);
    }

    // What needs more than there is takes all.
    private int threadsOf(Work work) {
        return Math.min(work.threadsPerRun(), workers);
    }
}
