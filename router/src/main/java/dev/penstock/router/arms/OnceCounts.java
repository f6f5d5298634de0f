package dev.penstock.router.arms;

/// What was counted once for each bucket and sub-window, see [ArmCounts].
public record OnceCounts(long eligible, long failed, long abandoned, long refused) {
    public static final OnceCounts NONE = new OnceCounts(0, 0, 0, 0);

    OnceCounts plus(OnceCounts other) {
        return combined(other, 1);
    }

    public OnceCounts minus(OnceCounts earlier) {
        return combined(earlier, -1);
    }

    private OnceCounts combined(OnceCounts other, int sign) {
        return new OnceCounts(
                eligible + sign * other.eligible,
                failed + sign * other.failed,
                abandoned + sign * other.abandoned,
                refused + sign * other.refused);
    }
}
