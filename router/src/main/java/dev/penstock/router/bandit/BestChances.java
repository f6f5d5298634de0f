package dev.penstock.router.bandit;

import java.util.Arrays;
import java.util.List;

/// How likely each of several arms is the best one: the integral of its density times the chance that all
/// others are below. By quadrature, so that all replicas get the same.
final class BestChances {
    private static final int NODES = 2_048;
    private static final int FEWEST_OF_ONE = 64;

    /// How far from its mean the nodes of an arm go, in standard deviations.
    private static final double REACH = 8;

    private BestChances() {}

    /// @param arms at least one
    /// @return in their order, of sum 1
    static double[] of(List<Posterior> arms) {
        double[] nodes = nodes(arms);
        double[][] below = new double[arms.size()][];
        for (int arm = 0; arm < below.length; arm++) {
            Posterior posterior = arms.get(arm);
            below[arm] = Arrays.stream(nodes).map(posterior::cdf).toArray();
            // What is beyond the last nodes belongs to the outermost.
            below[arm][0] = 0;
            below[arm][nodes.length - 1] = 1;
        }
        double[] chances = new double[below.length];
        double sum = 0;
        for (int arm = 0; arm < chances.length; arm++) {
            chances[arm] = chance(below, arm);
            sum += chances[arm];
        }
        for (int arm = 0; arm < chances.length; arm++) {
            chances[arm] /= sum;
        }
        return chances;
    }

    /// Around each arm's mean, so that a well-known arm among unknown ones has its own.
    private static double[] nodes(List<Posterior> arms) {
        int each = Math.max(FEWEST_OF_ONE, NODES / arms.size());
        double[] nodes = new double[arms.size() * each];
        int at = 0;
        for (Posterior arm : arms) {
            for (int i = 0; i < each; i++) {
                double deviations = REACH * (2.0 * i / (each - 1) - 1);
                nodes[at++] = arm.mean() + deviations * arm.standardDeviation();
            }
        }
        Arrays.sort(nodes);
        return nodes;
    }

    private static double chance(double[][] below, int arm) {
        double sum = 0;
        double before = othersBelow(below, arm, 0);
        for (int i = 1; i < below[arm].length; i++) {
            double here = othersBelow(below, arm, i);
            sum += (below[arm][i] - below[arm][i - 1]) * (before + here) / 2;
            before = here;
        }
        return sum;
    }

    private static double othersBelow(double[][] below, int arm, int node) {
        double product = 1;
        for (int other = 0; other < below.length; other++) {
            if (other != arm) {
                product *= below[other][node];
            }
        }
        return product;
    }
}
