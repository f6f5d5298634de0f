package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;
import java.util.Arrays;

/// What is left of p-values and e-values when many are looked at together.
public final class FalseDiscovery {
    private FalseDiscovery() {}

    /// Adjusted p-values of Benjamini and Hochberg (1995): those of at most q are discoveries, of which a share
    /// of at most q is false on average, if the tests are independent or positively dependent.
    ///
    /// @param pValues in [0, 1], in any order
    /// @return in the order of `pValues`
    public static double[] benjaminiHochberg(double[] pValues) {
        return adjust(pValues, 1);
    }

    /// Adjusted p-values of Benjamini and Yekutieli (2001): the same under any dependence, at the price of a
    /// factor of about ln N.
    public static double[] benjaminiYekutieli(double[] pValues) {
        double harmonic = 0;
        for (int i = pValues.length; i > 0; i--) {
            harmonic += 1.0 / i;
        }
        return adjust(pValues, harmonic);
    }

    private static double[] adjust(double[] pValues, double factor) {
        double[] ascending = pValues.clone();
        for (double p : ascending) {
            Check.argument(p >= 0 && p <= 1, "pValues: %s (expected: 0..1)", p);
        }
        Arrays.sort(ascending);
        double[] adjusted = new double[ascending.length];
        double least = 1;
        for (int i = ascending.length - 1; i >= 0; i--) {
            least = Math.min(least, factor * ascending.length / (i + 1) * ascending[i]);
            adjusted[i] = least;
        }
        double[] result = new double[pValues.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = adjusted[firstOf(ascending, pValues[i])];
        }
        return result;
    }

    /// Of equal values the first: all have the same adjusted one, and so no order among them matters.
    private static int firstOf(double[] ascending, double value) {
        int at = Arrays.binarySearch(ascending, value);
        while (at > 0 && ascending[at - 1] == value) {
            at--;
        }
        return at;
    }

    /// The smallest p-value times their number, at most 1: how likely any of them is as small as that
    /// (Bonferroni).
    ///
    /// @param pValues in [0, 1], at least one
    public static double bonferroni(double[] pValues) {
        Check.argument(pValues.length > 0, "pValues: none (expected: at least one)");
        double least = 1;
        for (double p : pValues) {
            Check.argument(p >= 0 && p <= 1, "pValues: %s (expected: 0..1)", p);
            least = Math.min(least, p);
        }
        return Math.min(1, least * pValues.length);
    }

    /// Which hypotheses e-values reject at once: a share of at most `level` of them wrongly, under any
    /// dependence (e-BH: Wang and Ramdas, False discovery rate control with e-values, 2022).
    ///
    /// @param logEValues natural logarithms of e-values, in any order; not NaN
    /// @param level in (0, 1)
    /// @return for each, in the order of `logEValues`, whether it is rejected
    public static boolean[] rejectedByEValues(double[] logEValues, double level) {
        Check.argument(level > 0 && level < 1, "level: %s (expected: in (0, 1))", level);
        double[] ascending = logEValues.clone();
        for (double logE : ascending) {
            Check.argument(!Double.isNaN(logE), "logEValues: NaN (expected: a number)");
        }
        Arrays.sort(ascending);
        int discoveries = 0;
        for (int k = 1; k <= ascending.length; k++) {
            if (ascending[ascending.length - k] >= Math.log(ascending.length / (level * k))) {
                discoveries = k;
            }
        }
        boolean[] rejected = new boolean[logEValues.length];
        for (int i = 0; i < rejected.length; i++) {
            rejected[i] = discoveries > 0 && logEValues[i] >= ascending[ascending.length - discoveries];
        }
        return rejected;
    }
}
