package dev.penstock.monitor.drift;

import dev.penstock.core.Check;

/// Whether somebody is to be told, after each of many looks at windows that do not overlap. Immutable.
///
/// It is raised when two of the last three looks are alarming, and cleared when three in a row are well below
/// what raised it; looks of which nothing can be said change nothing. So one odd window wakes nobody, and a
/// value that sways about its limit does so once.
///
/// @param raised what is told, [DriftStatus#OK] if nothing is
/// @param last the two looks before, newer one first
/// @param calm how many looks in a row were well below the limit
/// @param change what the last look changed
public record Alarm(DriftStatus raised, DriftStatus last, DriftStatus beforeLast, int calm, Change change) {
    /// Nothing was seen yet.
    public static final Alarm SILENT = new Alarm(DriftStatus.OK, DriftStatus.OK, DriftStatus.OK, 0, Change.NONE);

    private static final int LOOKS_TO_CLEAR = 3;

    /// What is to be told after a look.
    public enum Change {
        NONE,
        RAISED,
        /// It was a warning, and is critical now.
        WORSENED,
        CLEARED
    }

    public Alarm {
        Check.argument(calm >= 0, "calm: %d (expected: >= 0)", calm);
    }

    /// After one more look.
    ///
    /// @param status of a window that does not overlap the one before
    /// @param wellBelow whether it is so far below the limit that it speaks for clearing
    public Alarm next(DriftStatus status, boolean wellBelow) {
        if (status == DriftStatus.INSUFFICIENT) {
            return new Alarm(raised, last, beforeLast, calm, Change.NONE);
        }
        int calmNow = !status.alarming() && wellBelow ? calm + 1 : 0;
        DriftStatus agreed = secondWorst(status, last, beforeLast);
        if (agreed.alarming() && agreed.compareTo(raised) > 0) {
            Change change = raised.alarming() ? Change.WORSENED : Change.RAISED;
            return new Alarm(agreed, status, last, 0, change);
        }
        if (raised.alarming() && calmNow >= LOOKS_TO_CLEAR) {
            return new Alarm(DriftStatus.OK, status, last, calmNow, Change.CLEARED);
        }
        return new Alarm(raised, status, last, calmNow, Change.NONE);
    }

    /// When evidence that was gathered over many looks is enough: nothing is waited for.
    ///
    /// @param status that it speaks for
    public Alarm atOnce(DriftStatus status) {
        if (!status.alarming() || status.compareTo(raised) <= 0) {
            return new Alarm(raised, last, beforeLast, calm, Change.NONE);
        }
        return new Alarm(status, last, beforeLast, 0, raised.alarming() ? Change.WORSENED : Change.RAISED);
    }

    /// What at least two of three are, or worse.
    private static DriftStatus secondWorst(DriftStatus a, DriftStatus b, DriftStatus c) {
        DriftStatus worst = a.worse(b).worse(c);
        if (a == worst) {
            return b.worse(c);
        }
        return b == worst ? a.worse(c) : a.worse(b);
    }
}
