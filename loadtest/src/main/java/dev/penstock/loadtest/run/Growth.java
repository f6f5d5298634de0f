package dev.penstock.loadtest.run;

/// Whether a latency grows while it is measured, as it does where slightly more is asked than can be answered.
final class Growth {
    private static final double GROWN = 1.5;
    private static final int PARTS = 3;

    private Growth() {}

    /// @param latencies of windows in their order; NaN where nothing was answered
    static boolean of(double[] latencies) {
        int part = latencies.length / PARTS;
        return part > 0
                && mean(latencies, latencies.length - part, latencies.length) > GROWN * mean(latencies, 0, part);
    }

    private static double mean(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum / (to - from);
    }
}
