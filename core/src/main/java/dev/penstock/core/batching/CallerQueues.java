package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Waiting requests of several callers, taken in turn: deficit round robin, counted in rows.
///
/// Rows come here from a [RowRing] only while more wait than one run takes and they are not all one caller's.
/// Callers are told apart by [#BUCKETS] hash buckets: two that share a bucket share its turn.
///
/// Confined to the consumer of the ring, but for [#sweep], which the ticker calls, and the counts, which
/// anybody may look at.
final class CallerQueues implements AutoCloseable {
    static final int BUCKETS = 64;

    private static final int NONE = -1;

    // Spreads what the doors' hashes leave close together.
    private static final int GOLDEN_RATIO = 0x9E3779B9;

    private final Slot[] slots;

    /// Null where the calls keep their rows.
    private final @Nullable RowSlab slab;

    // A request stands at the place of its first row. Places are linked: the free ones, the further rows of a
    // request, and the requests of a bucket.
    private final int[] nextRow;
    private final int[] nextRequest;
    private int firstFree;
    private int free;

    private final int[] first = new int[BUCKETS];
    private final int[] last = new int[BUCKETS];
    private final int[] deficit = new int[BUCKETS];
    private final AtomicIntegerArray waiting = new AtomicIntegerArray(BUCKETS);

    /// Buckets that have requests, a ring buffer in the order of their turns.
    private final int[] turns = new int[BUCKETS];

    private int firstTurn;
    private int callers;

    // Requests that stand back for all others, in the order in which they came to; linked as those of a bucket.
    private int firstLate = NONE;
    private int lastLate = NONE;

    /// Whether the caller whose turn it is was given its share already.
    private boolean turnBegun;

    private long sequence;
    private int total;

    /// What others see of `total`.
    private volatile int rows;

    CallerQueues(RowLayout layout, int capacity, boolean copiesRows) {
        slots = new Slot[capacity];
        nextRow = new int[capacity];
        nextRequest = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot();
            nextRow[i] = i + 1 < capacity ? i + 1 : NONE;
        }
        free = capacity;
        slab = copiesRows ? new RowSlab(layout, capacity) : null;
        Arrays.fill(first, NONE);
    }

    static int bucketOf(int caller) {
        return (caller * GOLDEN_RATIO) >>> 26;
    }

    /// Rows that wait here. A moment's view for anybody but the consumer.
    int rows() {
        return rows;
    }

    /// Rows of that caller, and of those that share its bucket. A moment's view.
    int rowsOf(int caller) {
        return waiting.getOpaque(bucketOf(caller));
    }

    boolean hasRoomFor(int rowCount) {
        return rowCount <= free;
    }

    /// Takes over a request that the consumer has taken out of the ring.
    ///
    /// @param from where its rows are, at `fromSequence`; null if the call has them
    void add(Slot taken, RowsCall call, @Nullable RowSlab from, long fromSequence) {
        int rowCount = taken.rows;
        int place = firstFree;
        int row = place;
        for (int i = 0; i < rowCount; i++) {
            if (slab != null && from != null) {
                slab.copyRow(row, from, fromSequence + i);
            }
            firstFree = nextRow[row];
            row = i + 1 < rowCount ? firstFree : row;
        }
        nextRow[row] = NONE;
        free -= rowCount;
        int bucket = bucketOf(taken.caller);
        append(bucket, place);
        count(bucket, rowCount);
        slots[place].fill(
                sequence++, call, taken.caller, rowCount, taken.arrivedNanos, taken.deadlineNanos, taken.lateNanos);
    }

    private void count(int bucket, int moreRows) {
        waiting.setOpaque(bucket, waiting.getPlain(bucket) + moreRows);
        total += moreRows;
        rows = total;
    }

    private void append(int bucket, int place) {
        nextRequest[place] = NONE;
        if (first[bucket] == NONE) {
            first[bucket] = place;
            turns[(firstTurn + callers) % BUCKETS] = bucket;
            callers++;
        } else {
            nextRequest[last[bucket]] = place;
        }
        last[bucket] = place;
    }

    /// Moves requests into `batch`, each caller's in its turn, until it holds `limit` rows, or one request if
    /// that has more, or none is left.
    ///
    /// @return whether a request was left because it did not fit
    boolean seal(Batch batch, int limit, long nowNanos) {
        int quantum = Math.max(1, limit / Math.max(1, callers));
        boolean full = false;
        while (callers > 0 && !full) {
            int bucket = turns[firstTurn];
            deficit[bucket] += turnBegun ? 0 : quantum;
            turnBegun = true;
            full = sealBucket(bucket, batch, limit, nowNanos);
            if (!full) {
                endTurn(bucket);
                full = batch.rows() >= limit && callers > 0;
            }
        }
        return full || sealLate(batch, limit, nowNanos);
    }

    /// What stands back, when nothing else is left.
    private boolean sealLate(Batch batch, int limit, long nowNanos) {
        while (firstLate != NONE) {
            int place = firstLate;
            Slot slot = slots[place];
            if (slot.isWaiting() && batch.rows() > 0 && slot.rows > limit - batch.rows()) {
                return true;
            }
            take(slot, place, batch, nowNanos);
            firstLate = nextRequest[place];
            release(bucketOf(slot.caller), place, slot.rows);
        }
        lastLate = NONE;
        return false;
    }

    private void standBack(int bucket, int place) {
        first[bucket] = nextRequest[place];
        nextRequest[place] = NONE;
        if (firstLate == NONE) {
            firstLate = place;
        } else {
            nextRequest[lastLate] = place;
        }
        lastLate = place;
    }

    private void endTurn(int bucket) {
        turnBegun = false;
        firstTurn = (firstTurn + 1) % BUCKETS;
        callers--;
        if (first[bucket] == NONE) {
            deficit[bucket] = 0;
        } else {
            turns[(firstTurn + callers) % BUCKETS] = bucket;
            callers++;
        }
    }

    private boolean sealBucket(int bucket, Batch batch, int limit, long nowNanos) {
        while (first[bucket] != NONE) {
            int place = first[bucket];
            Slot slot = slots[place];
            boolean runs = slot.isWaiting();
            if (runs && slot.standsBack(nowNanos)) {
                standBack(bucket, place);
                continue;
            }
            if (runs && slot.rows > deficit[bucket]) {
                return false;
            }
            if (runs && batch.rows() > 0 && slot.rows > limit - batch.rows()) {
                return true;
            }
            int before = batch.rows();
            take(slot, place, batch, nowNanos);
            deficit[bucket] -= batch.rows() - before;
            first[bucket] = nextRequest[place];
            release(bucket, place, slot.rows);
        }
        return false;
    }

    private void take(Slot slot, int place, Batch batch, long nowNanos) {
        RowsCall call = slot.call;
        slot.call = null;
        if (call == null || !slot.tryTake()) {
            return;
        }
        ErrorCode refusal = slot.refusal(call, nowNanos);
        if (refusal != null) {
            batch.drop(call, refusal);
        } else {
            if (slab != null) {
                batch.gathered();
                int toRow = batch.rows();
                for (int row = place; row != NONE; row = nextRow[row]) {
                    batch.gatherRow(slab, row, toRow++);
                }
            }
            batch.add(call, slot.rows, null, 0);
        }
    }

    /// Takes requests out that will not run, until they have `limit` rows or none is left.
    ///
    /// @return their rows
    int discard(int limit, Consumer<RowsCall> out) {
        int discarded = 0;
        while (callers > 0 && discarded < limit) {
            int bucket = turns[firstTurn];
            int place = first[bucket];
            first[bucket] = nextRequest[place];
            endTurn(bucket);
            discarded += discard(slots[place], bucket, place, out);
        }
        while (firstLate != NONE && discarded < limit) {
            int place = firstLate;
            Slot slot = slots[place];
            firstLate = nextRequest[place];
            discarded += discard(slot, bucketOf(slot.caller), place, out);
        }
        return discarded;
    }

    private int discard(Slot slot, int bucket, int place, Consumer<RowsCall> out) {
        RowsCall call = slot.call;
        slot.call = null;
        boolean own = call != null && slot.tryTake();
        release(bucket, place, slot.rows);
        if (own && call != null) {
            out.accept(call);
        }
        return slot.rows;
    }

    private void release(int bucket, int place, int rowCount) {
        int row = place;
        while (nextRow[row] != NONE) {
            row = nextRow[row];
        }
        nextRow[row] = firstFree;
        firstFree = place;
        free += rowCount;
        count(bucket, -rowCount);
    }

    /// When the first of them came, or `otherwise` if none waits.
    long oldestArrival(long otherwise) {
        long oldest = firstLate == NONE || slots[firstLate].arrivedNanos - otherwise > 0
                ? otherwise
                : slots[firstLate].arrivedNanos;
        for (int i = 0; i < callers; i++) {
            long arrived = slots[first[turns[(firstTurn + i) % BUCKETS]]].arrivedNanos;
            oldest = arrived - oldest < 0 ? arrived : oldest;
        }
        return oldest;
    }

    /// When the first of them came, or `otherwise` if that is earlier. Any thread, at leisure.
    long oldestWaiting(long otherwise) {
        long oldest = otherwise;
        for (int i = 0; rows > 0 && i < slots.length; i++) {
            oldest = slots[i].waitingSince(oldest);
        }
        return oldest;
    }

    /// Takes out every waiting request that is late or abandoned and gives it to `late`. Ticker only.
    void sweep(long nowNanos, RowRing.LateRequests late) {
        if (rows > 0) {
            for (Slot slot : slots) {
                slot.sweep(nowNanos, late);
            }
        }
    }

    @Override
    public void close() {
        if (slab != null) {
            slab.close();
        }
    }
}
