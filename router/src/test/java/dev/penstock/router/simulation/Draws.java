package dev.penstock.router.simulation;

import java.util.SplittableRandom;

/// Counts of what comes by chance, many requests at once.
final class Draws {
    /// Above this exp(-mean) would be nothing.
    private static final double LARGEST_MEAN = 500;

    private final SplittableRandom random;

    Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    double uniform() {
        return random.nextDouble();
    }

    /// Of mean 0 and variance 1.
    double normal() {
        return random.nextGaussian();
    }

    /// How many come of what comes `mean` times on average, by inversion.
    long poisson(double mean) {
        long whole = 0;
        double rest = mean;
        while (rest > LARGEST_MEAN) {
            whole += poisson(LARGEST_MEAN);
            rest -= LARGEST_MEAN;
        }
        double left = random.nextDouble();
        double chance = Math.exp(-rest);
        long count = 0;
        while (left > chance && chance > 0) {
            left -= chance;
            count++;
            chance *= rest / (double) count;
        }
        return whole + count;
    }

    /// How many come in each slot, if `mean` come in all.
    long[] poisson(double mean, double[] law) {
        long[] counts = new long[law.length];
        for (int i = 0; i < law.length; i++) {
            counts[i] = law[i] * mean < 1e-12 ? 0 : poisson(law[i] * mean);
        }
        return counts;
    }
}
