package dev.penstock.loadtest.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Whether a load has come to rest: three windows in a row whose rates and latencies differ from their means by
/// no more than a tolerance, and their means from those of the first three windows of the later half of all
/// that were seen. Without the latter, what grows by the same amount in each window would seem to rest as soon as
/// there were enough of them. Reads no clock. Not thread safe.
final class Rest {
    /// As many windows as have to be alike.
    static final int ALIKE = 3;

    private final double tolerance;
    private final List<View> all = new ArrayList<>();
    private int reachedAfter;

    /// What one window says.
    ///
    /// @param perSecond right answers
    /// @param latencyMicros NaN if there was no right answer
    record View(double perSecond, double latencyMicros) {}

    /// @param tolerance 0.1 is 10 %
    Rest(double tolerance) {
        this.tolerance = tolerance;
    }

    /// @return whether it is at rest now
    boolean offer(View window) {
        all.add(window);
        boolean resting = all.size() >= ALIKE && isResting(View::perSecond) && isResting(View::latencyMicros);
        if (resting && reachedAfter == 0) {
            reachedAfter = all.size();
        }
        return resting;
    }

    private boolean isResting(ToDoubleFunction<View> figure) {
        int last = all.size() - ALIKE;
        double[] values = three(figure, last);
        double mean = mean(values);
        double before = mean(three(figure, Math.min(all.size() / 2, last)));
        return areAlike(values, mean) && Math.abs(before - mean) <= tolerance * mean;
    }

    private double[] three(ToDoubleFunction<View> figure, int from) {
        return all.subList(from, from + ALIKE).stream().mapToDouble(figure).toArray();
    }

    private static double mean(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        return mean;
    }

    private boolean areAlike(double[] values, double mean) {
        // Not a number, and nothing at all, are not at rest.
        if (!(mean > 0)) {
            return false;
        }
        for (double value : values) {
            if (Math.abs(value - mean) > tolerance * mean) {
                return false;
            }
        }
        return true;
    }

    /// Whether it ever was.
    boolean reached() {
        return reachedAfter > 0;
    }

    /// How many windows it took, or how many there were.
    int windows() {
        return reached() ? reachedAfter : all.size();
    }
}
