package dev.penstock.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Counts that threads which answer requests write each for itself, and that are added when somebody reads.
/// Those threads are few and last: the first platform thread to come to a place has it for ever, and all
/// others share one. Thread-safe; allocates only when a thread comes for the first time.
///
/// @param <C> what one thread counts
public final class PerThread<C extends ThreadCounts> {
    private static final int MOST_PLACES = 64;

    /// A power of two, and more than the threads that answer requests.
    private static final int PLACES =
            Math.min(MOST_PLACES, Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors()) << 1);

    private final AtomicReferenceArray<@Nullable C> places = new AtomicReferenceArray<>(PLACES);
    private final LongFunction<C> maker;
    private final C shared;

    /// @param maker makes the counts of a thread, by its id, or of [ThreadCounts#SHARED]
    public PerThread(LongFunction<C> maker) {
        this.maker = maker;
        this.shared = maker.apply(ThreadCounts.SHARED);
    }

    /// Where this thread counts.
    public C mine() {
        Thread me = Thread.currentThread();
        long id = me.threadId();
        int place = (int) id & (PLACES - 1);
        C there = places.getAcquire(place);
        if (there != null) {
            return there.owner() == id ? there : shared;
        }
        // Virtual threads come and go.
        return me.isVirtual() ? shared : take(place, id);
    }

    private C take(int place, long id) {
        C own = maker.apply(id);
        return places.compareAndSet(place, null, own) ? own : shared;
    }

    /// Of all threads that ever counted.
    public List<C> all() {
        List<C> all = new ArrayList<>();
        all.add(shared);
        for (int i = 0; i < PLACES; i++) {
            C own = places.getAcquire(i);
            if (own != null) {
                all.add(own);
            }
        }
        return all;
    }
}
