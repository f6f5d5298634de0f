package dev.penstock.core.batching;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The rows that wait in a lane, by priority: a [RowRing] each, made when the first request of that level
/// comes, for idle models are many. Who may call what, is as for the rings.
final class PriorityRings implements AutoCloseable {
    private final RowLayout layout;
    private final LaneSettings settings;
    private final boolean copiesOnOffer;
    private final AtomicReferenceArray<RowRing> rings;
    private final ReentrantLock making = new ReentrantLock();

    PriorityRings(RowLayout layout, LaneSettings settings, boolean copiesOnOffer) {
        this.layout = layout;
        this.settings = settings;
        this.copiesOnOffer = copiesOnOffer;
        this.rings = new AtomicReferenceArray<>(settings.levels().count());
    }

    static int powerOfTwo(int atLeast) {
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }

    /// @param level from 0. Not once the rings may be closed.
    RowRing ring(int level) {
        RowRing ring = rings.get(level);
        return ring == null ? make(level) : ring;
    }

    private RowRing make(int level) {
        making.lock();
        try {
            RowRing ring = rings.get(level);
            if (ring == null) {
                ring = new RowRing(
                        layout,
                        powerOfTwo(settings.placesOf(level)),
                        settings.levels().policy(level),
                        copiesOnOffer);
                rings.set(level, ring);
            }
            return ring;
        } finally {
            making.unlock();
        }
    }

    /// When the first of what waits came, or `otherwise` if that is earlier. Any thread, at leisure.
    long oldestWaiting(long otherwise) {
        long oldest = otherwise;
        for (int i = 0; i < rings.length(); i++) {
            RowRing ring = rings.get(i);
            oldest = ring == null ? oldest : ring.oldestWaiting(oldest);
        }
        return oldest;
    }

    int queuedRows() {
        return queuedRows(rings.length() - 1);
    }

    /// Of that level and the more urgent ones, which go first.
    int queuedRows(int level) {
        int rows = 0;
        for (int i = 0; i <= level; i++) {
            RowRing ring = rings.get(i);
            rows += ring == null ? 0 : ring.queuedRows();
        }
        return rows;
    }

    boolean hasWaiting() {
        for (int i = 0; i < rings.length(); i++) {
            RowRing ring = rings.get(i);
            if (ring != null && ring.hasWaiting()) {
                return true;
            }
        }
        return false;
    }

    /// Whether one caller of a level asked for most of what came lately, beside others. Consumer only.
    boolean isCrowded(long nowNanos) {
        for (int i = 0; i < rings.length(); i++) {
            RowRing ring = rings.get(i);
            if (ring != null && ring.isCrowded(nowNanos)) {
                return true;
            }
        }
        return false;
    }

    /// When the first waiting request came, or `nowNanos` if none waits. Consumer only.
    long oldestArrival(long nowNanos) {
        long oldestNanos = nowNanos;
        for (int i = 0; i < rings.length(); i++) {
            RowRing ring = rings.get(i);
            if (ring != null) {
                long arrivedNanos = ring.oldestArrival(nowNanos);
                oldestNanos = arrivedNanos - oldestNanos < 0 ? arrivedNanos : oldestNanos;
            }
        }
        return oldestNanos;
    }

    /// Moves requests into `batch`, the most urgent first. Consumer only.
    ///
    /// @return whether a request was left because it did not fit
    boolean seal(Batch batch, int limit, long nowNanos) {
        boolean full = false;
        for (int i = 0; i < rings.length() && !full; i++) {
            RowRing ring = rings.get(i);
            full = ring != null && ring.seal(batch, limit, nowNanos);
        }
        return full;
    }

    /// Takes requests of about `limit` rows out that will not run. Consumer only.
    void discard(int limit, Consumer<RowsCall> out) {
        int left = limit;
        for (int i = 0; i < rings.length() && left > 0; i++) {
            RowRing ring = rings.get(i);
            left -= ring == null ? 0 : ring.discard(left, out);
        }
    }

    /// Ticker only.
    void sweep(long nowNanos, RowRing.LateRequests late) {
        for (int i = 0; i < rings.length(); i++) {
            RowRing ring = rings.get(i);
            if (ring != null) {
                ring.sweep(nowNanos, late);
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < rings.length(); i++) {
            RowRing ring = rings.get(i);
            if (ring != null) {
                ring.close();
            }
        }
    }
}
