package dev.penstock.core.batching;

import org.jspecify.annotations.Nullable;

/// What wants a worker, first come first served. Queueing allocates nothing, so that nothing that waits is lost where
/// there is no memory. What is queued several times goes to the end after each turn. Not thread-safe.
final class ReadyQueue {
    /// A [Work]'s place in the queue. Its own, and the queue's to change.
    static final class Place {
        private final Work work;

        /// How often it is queued.
        private int turns;

        private @Nullable Place next;

        Place(Work work) {
            this.work = work;
        }
    }

    private @Nullable Place first;
    private @Nullable Place last;
    private int size;

    /// Turns of what takes several threads.
    private int wide;

    /// Turns that are waited for.
    int size() {
        return size;
    }

    void add(Work work) {
        Place place = work.place();
        place.turns++;
        size++;
        wide += work.threadsPerRun() == 1 ? 0 : 1;
        if (place.turns == 1) {
            append(place);
        }
    }

    private void append(Place place) {
        Place end = last;
        if (end == null) {
            first = place;
        } else {
            end.next = place;
        }
        last = place;
    }

    /// Takes the first turn out that may begin now. Of runs that several threads share, none overtakes another.
    ///
    /// @param workers how many there are
    /// @param spare how many threads runs of several may still take
    /// @return null if none may begin
    @Nullable
    Work poll(int workers, int spare) {
        Place before = null;
        boolean noRoom = false;
        for (Place place = first; place != null; place = place.next) {
            int taken = taken(place.work, workers);
            noRoom |= taken > spare;
            if (taken == 0 || !noRoom) {
                remove(before, place);
                return place.work;
            }
            before = place;
        }
        return null;
    }

    /// Whether a run of several threads is waited for.
    boolean hasWide() {
        return wide > 0;
    }

    /// Whether the first of them may begin.
    boolean hasRoomForWide(int workers, int spare) {
        for (Place place = wide == 0 ? null : first; place != null; place = place.next) {
            int taken = taken(place.work, workers);
            if (taken > 0) {
                return taken <= spare;
            }
        }
        return false;
    }

    /// What a run of it takes of the threads that runs of several may take.
    static int taken(Work work, int workers) {
        return work.threadsPerRun() == 1 ? 0 : Math.min(work.threadsPerRun(), workers);
    }

    private void remove(@Nullable Place before, Place place) {
        if (before == null) {
            first = place.next;
        } else {
            before.next = place.next;
        }
        if (last == place) {
            last = before;
        }
        place.next = null;
        place.turns--;
        size--;
        wide -= place.work.threadsPerRun() == 1 ? 0 : 1;
        if (place.turns > 0) {
            append(place);
        }
    }
}
