package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// Whether a share, of missing values or of a class, is another one than in the baseline.
///
/// @param difference the window's share less the baseline's, -1 to 1
/// @param z the difference in standard errors, both shares taken for one; 0 where both are 0 or both are 1
/// @param pValue two-sided: how likely a difference as large as this is by chance
/// @param exact whether the p-value is Fisher's, because an expected count is below 5
public record ProportionTest(double difference, double z, double pValue, boolean exact) {
    private static final double LEAST_EXPECTED = 5;

    /// What makes two probabilities the same that differ only by rounding.
    private static final double LEVEL = 1 + 1e-7;

    /// @param baselineHits how many of the baseline's have it
    /// @param baselineCount m, positive
    /// @param windowHits how many of the window's have it
    /// @param windowCount n, positive
    public static ProportionTest of(long baselineHits, long baselineCount, long windowHits, long windowCount) {
        check("baseline", baselineHits, baselineCount);
        check("window", windowHits, windowCount);
        double m = (double) baselineCount;
        double n = (double) windowCount;
        double hits = (double) (baselineHits + windowHits);
        double pooled = hits / (m + n);
        double difference = (double) windowHits / n - (double) baselineHits / m;
        double deviation = Math.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n));
        double z = deviation > 0 ? difference / deviation : 0;
        boolean exact = Math.min(m, n) * Math.min(pooled, 1 - pooled) < LEAST_EXPECTED;
        double pValue = exact ? fisher(baselineHits, m, windowHits, n) : Normal.twoSided(z);
        return new ProportionTest(difference, z, pValue, exact);
    }

    private static void check(String name, long hits, long count) {
        Check.argument(count > 0, "%s: %d values (expected: > 0)", name, count);
        Check.argument(hits >= 0 && hits <= count, "%s: %d hits (expected: 0..%d)", name, hits, count);
    }

    /// The sum of the chances of all tables with these margins that are not more likely than this one.
    private static double fisher(long baselineHits, double m, long windowHits, double n) {
        long hits = baselineHits + windowHits;
        double share = (double) hits / (m + n);
        if (share == 0 || share == 1) {
            return 1;
        }
        double total = Stirling.logBinomial((double) hits, m + n, share);
        double observed = logTable((double) windowHits, (double) hits, m, n, share) - total;
        double sum = 0;
        long last = (long) Math.min(n, (double) hits);
        for (long k = Math.max(0, hits - (long) m); k <= last; k++) {
            double chance = Math.exp(logTable((double) k, (double) hits, m, n, share) - total);
            if (chance <= Math.exp(observed) * LEVEL) {
                sum += chance;
            }
        }
        return Math.min(1, sum);
    }

    private static double logTable(double windowHits, double hits, double m, double n, double share) {
        return Stirling.logBinomial(windowHits, n, share) + Stirling.logBinomial(hits - windowHits, m, share);
    }
}
