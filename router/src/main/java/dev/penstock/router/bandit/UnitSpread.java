package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import dev.penstock.router.evidence.JackknifeSums;

/// How much less the rewards of an arm tell than as many of one unit each: who gives many gives much the same
/// again. It is seen by how far random groups of units are apart. Rewards are weighed as [WeighedRewards] are,
/// and add up likewise. Immutable.
public final class UnitSpread {
    private static final int GROUPS = JackknifeSums.GROUPS;

    private static final UnitSpread NONE = new UnitSpread(new double[GROUPS], new double[GROUPS], 0, 0);

    /// By group.
    private final double[] weights;

    private final double[] sums;
    private final double squaredWeight;
    private final double squares;

    private UnitSpread(double[] weights, double[] sums, double squaredWeight, double squares) {
        this.weights = weights;
        this.sums = sums;
        this.squaredWeight = squaredWeight;
        this.squares = squares;
    }

    public static UnitSpread none() {
        return NONE;
    }

    /// With those of a time in which the chance was the same.
    ///
    /// @param chance of getting the arm, in (0, 1]
    /// @param valueSquares of the rewards, their sum
    public UnitSpread plus(double chance, JackknifeSums told, double valueSquares) {
        Check.argument(chance > 0 && chance <= 1, "chance: %s (expected: in (0, 1])", chance);
        long[] counts = told.counts();
        double[] values = told.sums();
        double[] moreWeights = weights.clone();
        double[] moreSums = sums.clone();
        for (int group = 0; group < GROUPS; group++) {
            moreWeights[group] += (double) counts[group] / chance;
            moreSums[group] += values[group] / chance;
        }
        return new UnitSpread(
                moreWeights,
                moreSums,
                squaredWeight + (double) told.total() / chance / chance,
                squares + valueSquares / chance);
    }

    /// How many times as large the variance of the mean is as it would be if each reward were of another unit;
    /// at least 1, and 1 while nothing can be told of that. Of one group it is as if there were one reward.
    public double factor() {
        double weight = sum(weights);
        if (weight == 0) {
            return 1;
        }
        double even = weight * weight / squaredWeight;
        int filled = filled();
        if (filled == 1) {
            return Math.max(1, even);
        }
        double mean = sum(sums) / weight;
        double variance = squares / weight - mean * mean;
        if (variance <= 0) {
            return 1;
        }
        double between = apart(mean) / (weight * weight) * filled / (filled - 1);
        return Math.max(1, between * even / variance);
    }

    private double apart(double mean) {
        double apart = 0;
        for (int group = 0; group < GROUPS; group++) {
            double more = sums[group] - mean * weights[group];
            apart += more * more;
        }
        return apart;
    }

    private int filled() {
        int filled = 0;
        for (double weight : weights) {
            filled += weight > 0 ? 1 : 0;
        }
        return filled;
    }

    private static double sum(double[] all) {
        double sum = 0;
        for (double each : all) {
            sum += each;
        }
        return sum;
    }
}
