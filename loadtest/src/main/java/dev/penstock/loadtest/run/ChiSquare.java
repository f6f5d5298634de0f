package dev.penstock.loadtest.run;

/// Pearson's test of counts against expected shares.
final class ChiSquare {
    private static final int MOST_TERMS = 500;
    private static final double EXACT = 1e-14;
    /// Of the Lanczos approximation of the gamma function.
    private static final double[] LANCZOS = {
        76.18009172947146,
        -86.50532032941678,
        24.01409824083091,
        -1.231739572450155,
        0.1208650973866179e-2,
        -0.5395239384953e-5
    };

    private ChiSquare() {}

    /// @param counts seen, at least two
    /// @param shares expected, above 0, as many; their sum is 1
    /// @return how likely counts are that differ from the shares as much as these, if the shares are right
    static double likelihood(long[] counts, double[] shares) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        double statistic = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = (double) all * shares[i];
            double off = (double) counts[i] - expected;
            statistic += off * off / expected;
        }
        return upperGamma((double) (counts.length - 1) / 2, statistic / 2);
    }

    /// The regularised upper incomplete gamma function.
    static double upperGamma(double a, double x) {
        if (x <= 0) {
            return 1;
        }
        double scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
        return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
    }

    private static double series(double a, double x) {
        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < MOST_TERMS && term > sum * EXACT; n++) {
            term *= x / (a + n);
            sum += term;
        }
        return sum;
    }

    /// A continued fraction, from its front (Lentz).
    private static double fraction(double a, double x) {
        double b = x + 1 - a;
        double c = Double.MAX_VALUE;
        double d = 1 / b;
        double value = d;
        for (int n = 1; n < MOST_TERMS; n++) {
            double numerator = -n * (n - a);
            b += 2;
            d = 1 / (numerator * d + b);
            c = b + numerator / c;
            double factor = c * d;
            value *= factor;
            if (Math.abs(factor - 1) < EXACT) {
                break;
            }
        }
        return value;
    }

    private static double logGamma(double x) {
        double sum = 1.000000000190015;
        for (int i = 0; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (x + i + 1);
        }
        double t = x + 5.5;
        return (x + 0.5) * Math.log(t) - t + Math.log(Math.sqrt(2 * Math.PI) * sum / x);
    }
}
