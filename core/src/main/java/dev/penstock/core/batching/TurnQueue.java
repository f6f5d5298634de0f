package dev.penstock.core.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A bounded queue of requests from which callers are served in turn, one request each. Thread-safe.
///
/// Callers are told apart as [CallerQueues] does it, and as there the last eighth of the room is for callers who do not
/// have most of it already.
final class TurnQueue {
    private static final int RESERVED_SHARE = 8;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();

    /// What waits, by the caller's bucket, in the order of their turns.
    @GuardedBy("lock")
    private final Map<Integer, ArrayDeque<Pending>> byCaller = new LinkedHashMap<>();

    /// Written under the lock.
    private volatile int size;

    TurnQueue(int capacity) {
        this.capacity = capacity;
    }

    /// @return whether there was room for it
    boolean offer(Pending pending) {
        int bucket = CallerQueues.bucketOf(pending.request().caller());
        lock.lock();
        try {
            ArrayDeque<Pending> own = byCaller.get(bucket);
            int others = size - (own == null ? 0 : own.size());
            boolean hasMost = own != null && own.size() > others;
            if (size >= (hasMost ? capacity - capacity / RESERVED_SHARE : capacity)) {
                return false;
            }
            if (own == null) {
                own = new ArrayDeque<>();
                byCaller.put(bucket, own);
            }
            own.add(pending);
            count(1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// The next one, or null if nothing waits.
    @Nullable
    Pending poll() {
        lock.lock();
        try {
            Iterator<Map.Entry<Integer, ArrayDeque<Pending>>> turns =
                    byCaller.entrySet().iterator();
            if (!turns.hasNext()) {
                return null;
            }
            Map.Entry<Integer, ArrayDeque<Pending>> turn = turns.next();
            int bucket = turn.getKey();
            ArrayDeque<Pending> own = turn.getValue();
            turns.remove();
            Pending next = own.poll();
            if (!own.isEmpty()) {
                byCaller.put(bucket, own);
            }
            count(-1);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /// Takes out all that `which` says.
    List<Pending> remove(Predicate<Pending> which) {
        List<Pending> removed = new ArrayList<>();
        lock.lock();
        try {
            for (ArrayDeque<Pending> own : byCaller.values()) {
                own.removeIf(pending -> which.test(pending) && removed.add(pending));
            }
            byCaller.values().removeIf(ArrayDeque::isEmpty);
            count(-removed.size());
        } finally {
            lock.unlock();
        }
        return removed;
    }

    @GuardedBy("lock")
    private void count(int more) {
        int now = size;
        size = now + more;
    }

    /// A moment's view.
    int size() {
        return size;
    }
}
