package dev.penstock.monitor.statistics;

/// How an empty slot gets a share above zero, without which a logarithm of a ratio would be infinite.
public enum Smoothing {
    /// Half a count more in each slot. What an empty slot costs then shrinks as the sample grows. The default.
    JEFFREYS(0.5),
    /// A whole count more in each slot.
    LAPLACE(1),
    /// 1e-4 in place of a share of zero, all others as they are, so that shares need not add up to one. An
    /// empty slot costs the same at any sample size. For comparison with reports that were made so.
    FLOOR(0);

    private static final double LEAST_SHARE = 1e-4;

    private final double added;

    Smoothing(double added) {
        this.added = added;
    }

    /// @param slots how many are smoothed
    double share(long count, long total, int slots) {
        if (this == FLOOR && count == 0) {
            return LEAST_SHARE;
        }
        return ((double) count + added) / ((double) total + added * slots);
    }
}
