package dev.penstock.monitor.statistics;

/// Densities of the Poisson and the binomial law, at places that need not be whole numbers, as sums of small
/// terms.
///
/// The textbook form takes a difference of numbers of the size n ln n, and loses as many digits as that has.
/// Here what Stirling's formula leaves over and the distance from the mean are each computed for themselves.
/// Source: C. Loader, Fast and accurate computation of binomial probabilities (2000).
final class Stirling {
    static final double HALF_LOG_TWO_PI = 0.9189385332046728;

    /// Where the series below is exact to the last digit.
    static final double FROM = 10;

    private static final double LOG_TWO_PI = 2 * HALF_LOG_TWO_PI;

    private Stirling() {}

    /// What Stirling's formula lacks of ln gamma(x), for x >= 10.
    static double series(double x) {
        double inverse = 1 / x;
        double square = inverse * inverse;
        double sum = 1 / 156.0;
        sum = -691 / 360360.0 + square * sum;
        sum = 1 / 1188.0 + square * sum;
        sum = -1 / 1680.0 + square * sum;
        sum = 1 / 1260.0 + square * sum;
        sum = -1 / 360.0 + square * sum;
        sum = 1 / 12.0 + square * sum;
        return inverse * sum;
    }

    /// ln gamma(x + 1) - [(x + 1/2) ln x - x + ln(2 pi) / 2], for x > 0.
    static double error(double x) {
        if (x >= FROM) {
            return series(x);
        }
        return GammaFunction.logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI;
    }

    /// x ln(x / mean) + mean - x: never negative, and zero where both are equal.
    static double deviance(double x, double mean) {
        if (Math.abs(x - mean) >= 0.1 * (x + mean)) {
            return x * Math.log(x / mean) + mean - x;
        }
        double v = (x - mean) / (x + mean);
        double square = v * v;
        double sum = (x - mean) * v;
        double power = 2 * x * v;
        for (double odd = 3; ; odd += 2) {
            power *= square;
            double next = sum + power / odd;
            if (next == sum) {
                return sum;
            }
            sum = next;
        }
    }

    /// ln(mean^x e^-mean / gamma(x + 1)), for x >= 0 and mean >= 0.
    static double logPoisson(double x, double mean) {
        if (x == 0) {
            return -mean;
        }
        if (mean == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return -error(x) - deviance(x, mean) - 0.5 * (LOG_TWO_PI + Math.log(x));
    }

    /// ln(p^a q^b / B(a, b)), for a, b > 0.
    ///
    /// @param q 1 - p, given as well because it cannot be had from a p near one
    static double logBeta(double a, double b, double p, double q) {
        if (p == 0 || q == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        double n = a + b;
        return error(n)
                - error(a)
                - error(b)
                - deviance(a, n * p)
                - deviance(b, n * q)
                + 0.5 * (Math.log(a / n) + Math.log(b) - LOG_TWO_PI);
    }

    /// ln of the chance of `k` successes in `n` trials, for 0 <= k <= n and 0 < p < 1.
    static double logBinomial(double k, double n, double p) {
        double q = 1 - p;
        if (k == 0) {
            return n * Math.log1p(-p);
        }
        if (k == n) {
            return n * Math.log(p);
        }
        return error(n)
                - error(k)
                - error(n - k)
                - deviance(k, n * p)
                - deviance(n - k, n * q)
                + 0.5 * (Math.log(n / k / (n - k)) - LOG_TWO_PI);
    }
}
