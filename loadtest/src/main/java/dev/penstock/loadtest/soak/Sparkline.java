package dev.penstock.loadtest.soak;

import java.util.Arrays;

/// A row of bars that shows how numbers went. Pure.
final class Sparkline {
    private static final String BARS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /// @param width how many bars at most; each is the mean of what falls into it
    static String of(double[] values, int width) {
        int bars = Math.min(width, values.length);
        double[] means = new double[bars];
        for (int bar = 0; bar < bars; bar++) {
            int from = (int) ((long) bar * values.length / bars);
            int to = (int) ((long) (bar + 1) * values.length / bars);
            means[bar] = Arrays.stream(values, from, to).average().orElse(Double.NaN);
        }
        double least = Arrays.stream(means).min().orElse(0);
        double span = Arrays.stream(means).max().orElse(0) - least;
        StringBuilder text = new StringBuilder();
        for (double mean : means) {
            double height = span == 0 ? 0 : (mean - least) / span;
            text.append(BARS.charAt((int) Math.min((double) BARS.length() - 1, height * (double) BARS.length())));
        }
        return text.toString();
    }
}
