package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// How far two vectors, mostly means of many, are from one another.
public final class Centroids {
    private Centroids() {}

    /// The length of the difference, in the vectors' unit.
    public static double euclidean(double[] a, double[] b) {
        checkLengths(a, b);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    /// 1 - the cosine of the angle between them: 0 to 2. NaN if either is zero.
    public static double cosine(double[] a, double[] b) {
        checkLengths(a, b);
        double product = 0;
        double squareOfA = 0;
        double squareOfB = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            squareOfA += a[i] * a[i];
            squareOfB += b[i] * b[i];
        }
        double cosine = product / (Math.sqrt(squareOfA) * Math.sqrt(squareOfB));
        return 1 - Math.clamp(cosine, -1.0, 1.0);
    }

    private static void checkLengths(double[] a, double[] b) {
        Check.argument(a.length == b.length, "b: %d components (expected: %d)", b.length, a.length);
    }
}
