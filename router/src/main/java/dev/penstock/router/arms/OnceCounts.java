package dev.penstock.router.arms;

/// What was counted once for each bucket and sub-window, see [ArmCounts].
public record OnceCounts(long eligible, long failed, long abandoned) {
    public static final OnceCounts NONE = new OnceCounts(0, 0, 0);

    OnceCounts minus(OnceCounts earlier) {
        return new OnceCounts(eligible - earlier.eligible, failed - earlier.failed, abandoned - earlier.abandoned);
    }
}
