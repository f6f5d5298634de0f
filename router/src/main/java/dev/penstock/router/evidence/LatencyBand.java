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
/// @param shift the largest difference of cumulative shares, -1 to 1; above 0 the canary is slower: so much
///     less of it is done by then
/// @param allowed what chance allows, above 0
public record LatencyBand(double shift, double allowed) {
    /// How likely it may ever be that distributions which are the same are told apart, anywhere.
    public static final double ALPHA = 0.05;

    private static final double A = 0.85;
    private static final int TRIED = 2_000;
    private static final double CONSTANT = constant(ALPHA / 2);

    /// Of all latencies.
    ///
    /// @param canary by bucket
    /// @param control by the same buckets
    public static LatencyBand of(long[] canary, long[] control) {
        return of(canary, control, 0, 1);
    }

    /// Of the buckets in which the control's quantiles of a range are. All ranges together are wrong with
    /// [#ALPHA] at most.
    ///
    /// @param from quantile, 0 to `to`
    /// @param to quantile, up to 1
    public static LatencyBand of(long[] canary, long[] control, double from, double to) {
        Check.argument(
                canary.length == control.length, "control: %d buckets (expected: %d)", control.length, canary.length);
        Check.argument(0 <= from && from < to && to <= 1, "from: %s, to: %s (expected: 0 to 1)", from, to);
        long m = total(canary);
        long n = total(control);
        if (m == 0 || n == 0) {
            return new LatencyBand(0, Double.POSITIVE_INFINITY);
        }
        double shift = 0;
        double before = 0;
        long below = 0;
        long belowControl = 0;
        for (int i = 0; i < canary.length; i++) {
            below += canary[i];
            belowControl += control[i];
            double upTo = (double) belowControl / (double) n;
            double gap = upTo - (double) below / (double) m;
            boolean within = (upTo > from || from == 0) && (before < to || to == 1);
            if (within && Math.abs(gap) > Math.abs(shift)) {
                shift = gap;
            }
            before = upTo;
        }
        return new LatencyBand(shift, radius(m, CONSTANT) + radius(n, CONSTANT));
    }

    public boolean differs() {
        return Math.abs(shift) > allowed;
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

    /// ln of the theorem's bound: the least over eta in (1, 2 A^2) of 4 exp(-g^2 C) (1 + 1 / ((g^2 - 1) ln
    /// eta)), where g^2 = 2 / eta (A - sqrt(2 (eta - 1) / C))^2 is above
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
