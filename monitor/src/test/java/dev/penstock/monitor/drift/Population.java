package dev.penstock.monitor.drift;

import dev.penstock.monitor.statistics.GammaFunction;
import dev.penstock.monitor.statistics.Normal;
import java.util.random.RandomGenerator;

/// Shares of the bins of a feature, and samples of so many values each.
final class Population {
    private final double[] shares;

    Population(double... shares) {
        this.shares = shares.clone();
    }

    /// Of twenty bins that each had the same share, and one beyond them on either side, after a normal value
    /// moved by so many standard deviations.
    static Population shifted(double deviations) {
        double[] shares = new double[22];
        double below = Normal.cdf(quantile(0.0001) - deviations);
        shares[0] = below;
        for (int i = 1; i <= 20; i++) {
            double end = i == 20 ? quantile(0.9999) : quantile((double) i / 20);
            double at = Normal.cdf(end - deviations);
            shares[i] = at - below;
            below = at;
        }
        shares[21] = 1 - below;
        return new Population(shares);
    }

    /// Of the twenty bins of a probability that is mostly near one: the lowest ones are hardly ever seen.
    static Population confident() {
        double[] shares = new double[22];
        double sum = 0;
        for (int i = 1; i <= 20; i++) {
            shares[i] = Math.exp(0.7 * i);
            sum += shares[i];
        }
        for (int i = 1; i <= 20; i++) {
            shares[i] /= sum;
        }
        return new Population(shares);
    }

    /// Of categories of which each is so much rarer than the first as it comes later.
    static Population zipf(int categories) {
        double[] shares = new double[categories];
        double sum = 0;
        for (int i = 0; i < categories; i++) {
            shares[i] = 1.0 / (double) (i + 1);
            sum += shares[i];
        }
        for (int i = 0; i < categories; i++) {
            shares[i] /= sum;
        }
        return new Population(shares);
    }

    /// The z that normal values are below with that chance, by halving.
    private static double quantile(double chance) {
        double low = -10;
        double high = 10;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (Normal.cdf(middle) < chance) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /// How many of so many values fall into each bin: one binomial draw after another.
    long[] sample(long values, RandomGenerator random) {
        long[] counts = new long[shares.length];
        long left = values;
        double shareLeft = 1;
        for (int i = 0; i < shares.length && left > 0; i++) {
            double p = shareLeft <= 0 ? 1 : Math.min(1, shares[i] / shareLeft);
            counts[i] = i == shares.length - 1 ? left : binomial(left, p, random);
            left -= counts[i];
            shareLeft -= shares[i];
        }
        return counts;
    }

    /// Exact: by inversion, outwards from the likeliest count.
    static long binomial(long trials, double p, RandomGenerator random) {
        if (p <= 0) {
            return 0;
        }
        if (p >= 1) {
            return trials;
        }
        long mode = Math.min(trials, (long) ((double) (trials + 1) * p));
        double odds = p / (1 - p);
        double atMode = Math.exp(logChance(trials, mode, p));
        double u = random.nextDouble() - atMode;
        long low = mode;
        long high = mode;
        double atLow = atMode;
        double atHigh = atMode;
        while (u > 0 && (low > 0 || high < trials)) {
            if (high < trials) {
                atHigh *= (double) (trials - high) / (double) (high + 1) * odds;
                high++;
                u -= atHigh;
                if (u <= 0) {
                    return high;
                }
            }
            if (low > 0) {
                atLow *= (double) low / (double) (trials - low + 1) / odds;
                low--;
                u -= atLow;
                if (u <= 0) {
                    return low;
                }
            }
            if (atLow < 1e-300 && atHigh < 1e-300) {
                return mode;
            }
        }
        return mode;
    }

    private static double logChance(long n, long k, double p) {
        return GammaFunction.logGamma((double) n + 1)
                - GammaFunction.logGamma((double) k + 1)
                - GammaFunction.logGamma((double) (n - k) + 1)
                + (double) k * Math.log(p)
                + (double) (n - k) * Math.log1p(-p);
    }
}
