package dev.penstock.monitor.statistics;

/// Distances between the shares of two histograms over the same slots, zero where both are the same.
///
/// All but [#kullbackLeibler] are symmetric, are not smoothed, and do not care in which order the slots are. By
/// chance alone they are above zero, the more so the smaller the sample.
public final class Distances {
    private Distances() {}

    /// The root of the Jensen-Shannon divergence in bits: 0 to 1.
    public static double jensenShannon(long[] baseline, long[] window) {
        return jensenShannonNats(baseline, window) / Math.sqrt(Math.log(2));
    }

    /// The root of the Jensen-Shannon divergence in nats: 0 to 0.833.
    public static double jensenShannonNats(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        double m = (double) Counts.total(baseline);
        double n = (double) Counts.total(window);
        double sum = 0;
        for (int i = 0; i < baseline.length; i++) {
            double p = (double) baseline[i] / m;
            double q = (double) window[i] / n;
            if (p != q) {
                sum += (p + q) * halfDivergence((p - q) / (p + q));
            }
        }
        return Math.sqrt(sum / 4);
    }

    /// (1 + t) ln(1 + t) + (1 - t) ln(1 - t), whose two parts nearly cancel where t is small: there by its
    /// series.
    private static double halfDivergence(double t) {
        if (Math.abs(t) == 1) {
            return 2 * Math.log(2);
        }
        if (Math.abs(t) > 0.1) {
            return (1 + t) * Math.log1p(t) + (1 - t) * Math.log1p(-t);
        }
        double square = t * t;
        double sum = 0;
        for (int k = 8; k >= 1; k--) {
            sum = 1.0 / (k * (2 * k - 1)) + square * sum;
        }
        return square * sum;
    }

    /// sqrt(1 - sum sqrt(p q)): 0 to 1.
    public static double hellinger(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        double m = (double) Counts.total(baseline);
        double n = (double) Counts.total(window);
        double sum = 0;
        for (int i = 0; i < baseline.length; i++) {
            double difference = Math.sqrt((double) baseline[i] / m) - Math.sqrt((double) window[i] / n);
            sum += difference * difference;
        }
        return Math.sqrt(sum / 2);
    }

    /// Half the sum of |p - q|, the largest difference in the chance of any set of slots: 0 to 1.
    public static double totalVariation(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        double m = (double) Counts.total(baseline);
        double n = (double) Counts.total(window);
        double sum = 0;
        for (int i = 0; i < baseline.length; i++) {
            sum += Math.abs((double) baseline[i] / m - (double) window[i] / n);
        }
        return sum / 2;
    }

    /// The largest |p - q| of one slot: 0 to 1.
    public static double largestDifference(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        double m = (double) Counts.total(baseline);
        double n = (double) Counts.total(window);
        double largest = 0;
        for (int i = 0; i < baseline.length; i++) {
            largest = Math.max(largest, Math.abs((double) baseline[i] / m - (double) window[i] / n));
        }
        return largest;
    }

    /// The divergence of the window from the baseline, sum q ln(q / p), in nats, with Jeffreys' smoothing of
    /// the slots that are not empty in both. Not symmetric.
    public static double kullbackLeibler(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        int slots = Counts.used(baseline, window);
        long m = Counts.total(baseline);
        long n = Counts.total(window);
        double sum = 0;
        for (int i = 0; i < baseline.length; i++) {
            if (baseline[i] != 0 || window[i] != 0) {
                double q = Smoothing.JEFFREYS.share(window[i], n, slots);
                sum += q * Math.log(q / Smoothing.JEFFREYS.share(baseline[i], m, slots));
            }
        }
        return Math.max(0, sum);
    }
}
