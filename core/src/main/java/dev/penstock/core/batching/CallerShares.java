package dev.penstock.core.batching;

import java.util.concurrent.TimeUnit;

/// Whether one caller asks for most of what is asked for lately, beside others: a majority vote over what came, so many
/// callers that ask for as much as each other do not count as a crowd. Not thread-safe.
public final class CallerShares {
    /// How long a caller that asks for little is remembered.
    private static final long MEMORY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final long most;

    private int leader;
    private long lead;
    private boolean hasOthers;

    /// When another than the leader came last; only if there are others.
    private long otherNanos;

    /// @param enough by how much a caller must be ahead of all others together
    public CallerShares(long enough) {
        this.most = 2 * enough;
    }

    /// @param amount that the caller asks for, of whatever is counted
    public void saw(int caller, long amount, long nowNanos) {
        if (caller == leader) {
            lead = Math.min(most, lead + amount);
        } else if (lead > amount) {
            lead -= amount;
            hasOthers = true;
            otherNanos = nowNanos;
        } else {
            // The one that led is another's other now.
            hasOthers = lead > 0;
            otherNanos = nowNanos;
            leader = caller;
            lead = amount - lead;
        }
    }

    /// Whether a caller crowds others out.
    public boolean isCrowded(long nowNanos) {
        return hasOthers && 2 * lead > most && nowNanos - otherNanos < MEMORY_NANOS;
    }

    /// Whether it is this one.
    public boolean isCrowdedBy(int caller, long nowNanos) {
        return caller == leader && isCrowded(nowNanos);
    }
}
