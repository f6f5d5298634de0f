package dev.penstock.loadtest.bench;

import java.util.Arrays;
import java.util.Locale;

/// Arithmetic and text of measured numbers. Pure.
public final class Numbers {
    /// The 97.5 % quantiles of Student's t for 1, 2, 3 ... degrees of freedom; after the last, the normal one
    /// is near.
    private static final double[] STUDENT = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };
    private static final double NORMAL = 1.96;

    private Numbers() {}

    /// Of what is a number; NaN if nothing is.
    public static double median(double... values) {
        double[] sorted = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// The value below which that share of them lies; of what is a number.
    ///
    /// @param share 0 to 1
    public static double quantile(double share, double... values) {
        double[] sorted = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (double) (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - (double) below) * (sorted[above] - sorted[below]);
    }

    /// Two of the values between which the median of all that could have been measured lies with 95 %
    /// confidence, for independent values of whatever distribution: how many are below it is binomial.
    ///
    /// @return lower and upper; NaN if there are too few to tell
    static double[] medianBetween(double... values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        int rank = (int) Math.floor(((double) sorted.length - NORMAL * Math.sqrt(sorted.length)) / 2);
        return rank < 1
                ? new double[] {Double.NaN, Double.NaN}
                : new double[] {sorted[rank - 1], sorted[sorted.length - rank]};
    }

    public static double mean(double... values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /// Half the width of the interval that holds the mean with 95 % confidence, for independent values.
    public static double confidence(double... values) {
        int n = values.length;
        if (n < 2) {
            return Double.NaN;
        }
        double mean = mean(values);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double student = n - 1 <= STUDENT.length ? STUDENT[n - 2] : NORMAL;
        return student * Math.sqrt(squares / (double) (n - 1) / (double) n);
    }

    /// Three digits that count, and no more: `2.81`, `28.1`, `28,100`.
    public static String text(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (size >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", roundTo(value, size));
        }
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    private static double roundTo(double value, double size) {
        double unit = Math.pow(10, Math.floor(Math.log10(size)) - 2);
        return Math.rint(value / unit) * unit;
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, Math.abs(share) < 0.01 ? "%.2f %%" : "%.1f %%", share * 100);
    }
}
