package dev.penstock.router.evidence;

import dev.penstock.core.Check;

/// Whether two distributions differ anywhere, by how far apart their cumulative shares are, at all times at
/// once.
///
/// After t values the cumulative shares are within g(t) = 0.85 sqrt((ln(1 + ln t) + C) / t) of the true ones
/// everywhere, for ever, but with chance alpha. Source: Howard and Ramdas, Sequential estimation of quantiles
/// (2022), theorem 2; C is solved for rather than taken from their closed form, which is a little wider. For
/// reports: it allows no margin.
///
/// @param gap the largest difference of cumulative shares, 0 to 1
/// @param allowed what chance allows, above 0
public record LatencyBand(double gap, double allowed) {
    private static final double A = 0.85;
    private static final int TRIED = 2_000;

    /// @param canary by bucket
    /// @param control by the same buckets
    /// @param alpha how likely it may ever be that distributions which are the same are told apart, in
    ///     (0, 1)
    public static LatencyBand of(long[] canary, long[] control, double alpha) {
        Check.argument(
                canary.length == control.length, "control: %d buckets (expected: %d)", control.length, canary.length);
        long m = total(canary);
        long n = total(control);
        if (m == 0 || n == 0) {
            return new LatencyBand(0, Double.POSITIVE_INFINITY);
        }
        double constant = constant(alpha / 2);
        double gap = 0;
        long below = 0;
        long belowControl = 0;
        for (int i = 0; i < canary.length; i++) {
            below += canary[i];
            belowControl += control[i];
            gap = Math.max(gap, Math.abs((double) below / (double) m - (double) belowControl / (double) n));
        }
        return new LatencyBand(gap, radius(m, constant) + radius(n, constant));
    }

    public boolean differs() {
        return gap > allowed;
    }

    private static long total(long[] counts) {
        long total = 0;
        for (long count : counts) {
            Check.argument(count >= 0, "counts: %d (expected: >= 0)", count);
            total += count;
        }
        return total;
    }

    private static double radius(long values, double constant) {
        double t = (double) values;
        return A * Math.sqrt((Math.log1p(Math.log(t)) + constant) / t);
    }

    /// The C for that alpha: 8.1227 for 0.05, 8.6226 for 0.025.
    static double constant(double alpha) {
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        double low = 1;
        double high = 1;
        while (logChance(high) > Math.log(alpha)) {
            high *= 2;
        }
        double middle = (low + high) / 2;
        while (low < middle && middle < high) {
            if (logChance(middle) > Math.log(alpha)) {
                low = middle;
            } else {
                high = middle;
            }
            middle = (low + high) / 2;
        }
        return high;
    }

    /// ln of the theorem's bound: the least over eta in (1, 2 A^2) of
    /// 4 exp(-g^2 C) (1 + 1 / ((g^2 - 1) ln eta)), where g^2 = 2 / eta (A - sqrt(2 (eta - 1) / C))^2 is above
    /// 1.
    private static double logChance(double constant) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 1; i < TRIED; i++) {
            double eta = 1 + (2 * A * A - 1) * i / TRIED;
            double root = A - Math.sqrt(2 * (eta - 1) / constant);
            double square = 2 / eta * root * root;
            if (root > 0 && square > 1) {
                double log = Math.log(4) - square * constant + Math.log1p(1 / ((square - 1) * Math.log(eta)));
                least = Math.min(least, log);
            }
        }
        return least;
    }
}
