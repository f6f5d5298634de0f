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

/// A bounded queue of requests from which callers are served in turn, one request each; those that stand back
/// are served when no other is left. Thread-safe.
///
/// Callers are told apart as [CallerQueues] does it, and as there the last eighth of the room is for callers
/// who do not have most of it already.
final class TurnQueue {
    private static final int RESERVED_SHARE = 8;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();

    /// What waits, by the caller's bucket, in the order of their turns.
    @GuardedBy("lock")
    private final Map<Integer, ArrayDeque<SoloRequest>> byCaller = new LinkedHashMap<>();

    /// What stands back, in the order in which it came to.
    @GuardedBy("lock")
    private final ArrayDeque<SoloRequest> late = new ArrayDeque<>();

    // Written under the lock.
    private volatile int size;
    private volatile long bytes;

    TurnQueue(int capacity) {
        this.capacity = capacity;
    }

    /// @return whether there was room for it
    boolean offer(SoloRequest request) {
        int bucket = CallerQueues.bucketOf(request.pending().request().caller());
        lock.lock();
        try {
            ArrayDeque<SoloRequest> own = byCaller.get(bucket);
            int others = size - (own == null ? 0 : own.size());
            boolean hasMost = own != null && own.size() > others;
            if (size >= (hasMost ? capacity - capacity / RESERVED_SHARE : capacity)) {
                return false;
            }
            if (own == null) {
                own = new ArrayDeque<>();
                byCaller.put(bucket, own);
            }
            own.add(request);
            count(1, request.bytes());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// The next one, or null if nothing waits.
    @Nullable
    SoloRequest poll(long nowNanos) {
        lock.lock();
        try {
            SoloRequest next = pollOnTime(nowNanos);
            next = next == null ? late.poll() : next;
            if (next != null) {
                count(-1, -next.bytes());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private @Nullable SoloRequest pollOnTime(long nowNanos) {
        while (!byCaller.isEmpty()) {
            Iterator<Map.Entry<Integer, ArrayDeque<SoloRequest>>> turns =
                    byCaller.entrySet().iterator();
            Map.Entry<Integer, ArrayDeque<SoloRequest>> turn = turns.next();
            int bucket = turn.getKey();
            ArrayDeque<SoloRequest> own = turn.getValue();
            turns.remove();
            SoloRequest next = own.poll();
            while (next != null && next.standsBack(nowNanos)) {
                late.add(next);
                next = own.poll();
            }
            if (!own.isEmpty()) {
                byCaller.put(bucket, own);
            }
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    /// Takes out all that `which` says.
    List<SoloRequest> remove(Predicate<SoloRequest> which) {
        List<SoloRequest> removed = new ArrayList<>();
        lock.lock();
        try {
            for (ArrayDeque<SoloRequest> own : byCaller.values()) {
                own.removeIf(request -> which.test(request) && removed.add(request));
            }
            byCaller.values().removeIf(ArrayDeque::isEmpty);
            late.removeIf(request -> which.test(request) && removed.add(request));
            count(
                    -removed.size(),
                    -removed.stream().mapToLong(SoloRequest::bytes).sum());
        } finally {
            lock.unlock();
        }
        return removed;
    }

    /// When the first of them came, or `otherwise` if that is earlier.
    long oldestArrivedNanos(long otherwise) {
        if (size == 0) {
            return otherwise;
        }
        long oldest = otherwise;
        lock.lock();
        try {
            // Each caller's wait in order, and what stands back came to do so in order.
            for (ArrayDeque<SoloRequest> own : byCaller.values()) {
                oldest = earlier(own.peek(), oldest);
            }
            return earlier(late.peek(), oldest);
        } finally {
            lock.unlock();
        }
    }

    private static long earlier(@Nullable SoloRequest request, long nanos) {
        boolean before = request != null && request.pending().arrivedNanos() - nanos < 0;
        return request != null && before ? request.pending().arrivedNanos() : nanos;
    }

    @GuardedBy("lock")
    private void count(int more, long moreBytes) {
        int now = size;
        size = now + more;
        long held = bytes;
        bytes = held + moreBytes;
    }

    /// A moment's view.
    int size() {
        return size;
    }

    /// Of the inputs of all that wait. A moment's view.
    long bytes() {
        return bytes;
    }
}
