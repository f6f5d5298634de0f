package dev.penstock.router.arms;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Takes the requests away from an arm once too many of them failed one after another, on this replica and at
/// once; whoever is told decides what else is to be done. They have to be of several buckets, as one caller
/// alone may have requests that nobody can answer. It stays open until it is armed again. Thread-safe, never
/// blocks, allocates nothing.
final class Circuit {
    /// Failures one after another, whatever share of all requests that is.
    static final int MOST_FAILURES = 20;

    /// Of how many buckets they are at least.
    static final int LEAST_BUCKETS = 3;

    private static final int COUNT_BITS = 16;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int BUCKET_BITS = 16;
    private static final long BUCKET_MASK = (1L << BUCKET_BITS) - 1;
    private static final long SEVERAL = 1L << (COUNT_BITS + 2 * BUCKET_BITS);
    private static final long EXCUSED = SEVERAL << 1;

    /// Since the last answer: how many failures, the first two buckets that had one, each plus 1, whether a
    /// third one had, and whether there were as many before, which the default arm had as well.
    private final AtomicLong row = new AtomicLong();

    /// Of an arm that keeps its requests: all that failed, ever.
    private final AtomicLong failures = new AtomicLong();

    /// Of the default arm, as it was when that excused this one.
    private volatile long excuses;

    private final AtomicBoolean open = new AtomicBoolean();

    /// Whether the arm keeps its requests, however open this is.
    private volatile boolean onlyTells;

    /// Why it is open; "" for a moment after it was opened.
    private volatile String reason = "";

    void succeeded() {
        // Nearly always nothing failed since: then nothing is written.
        if (row.get() != 0) {
            row.set(0);
        }
    }

    /// Of an arm that keeps its requests, whatever it does.
    void failed() {
        failures.incrementAndGet();
        row.set(1);
    }

    /// @param usual the default arm's, whose failures excuse those of the same moment; null if it is not known
    /// @return whether this one opened it
    boolean failed(int bucket, @Nullable Circuit usual) {
        long before;
        long after;
        do {
            before = row.get();
            after = longer(before, bucket + 1L);
        } while (!row.compareAndSet(before, after));
        boolean tooMany = (after & COUNT_MASK) >= MOST_FAILURES && (after & SEVERAL) != 0;
        return tooMany && !isExcused(after, usual) && trip();
    }

    /// Where the default arm's last request failed, too, and did since that was asked last, it is no fault of
    /// this arm's: it begins anew. So it does once more then, for what had waited at that moment and comes
    /// late.
    private boolean isExcused(long after, @Nullable Circuit usual) {
        long known = usual == null ? 0 : usual.failures.get();
        boolean alike = usual != null && usual.row.get() != 0 && known != excuses;
        long next = alike ? EXCUSED : (after & EXCUSED) != 0 ? 0 : after;
        if (!row.compareAndSet(after, next)) {
            // Another request ended since, and is asked about.
            return true;
        }
        if (alike) {
            excuses = known;
        }
        return next != after;
    }

    private static long longer(long row, long bucket) {
        long next = (row & COUNT_MASK) == COUNT_MASK ? row : row + 1;
        long first = (row >>> COUNT_BITS) & BUCKET_MASK;
        long second = (row >>> (COUNT_BITS + BUCKET_BITS)) & BUCKET_MASK;
        if (first == 0) {
            return next | (bucket << COUNT_BITS);
        }
        if (first == bucket || second == bucket) {
            return next;
        }
        return second == 0 ? next | (bucket << (COUNT_BITS + BUCKET_BITS)) : next | SEVERAL;
    }

    /// @return whether it was closed
    boolean trip() {
        return !open.get() && open.compareAndSet(false, true);
    }

    /// For people, by who opened it.
    void because(String why) {
        reason = why;
    }

    String reason() {
        return reason;
    }

    boolean isOpen() {
        return open.get();
    }

    /// Whether it is open, and takes the requests away.
    boolean takes() {
        return open.get() && !onlyTells;
    }

    /// From now on it opens as before, but takes nothing away; or it takes again.
    void onlyTell(boolean only) {
        onlyTells = only;
    }

    /// Requests come again.
    void rearm() {
        row.set(0);
        reason = "";
        open.set(false);
    }
}
