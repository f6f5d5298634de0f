package dev.penstock.loadtest.run;

import java.util.ArrayList;
import java.util.List;

/// Whether a load has come to rest: three windows in a row whose rates and latencies differ from their means by
/// no more
/// than a tolerance. Reads no clock. Not thread safe.
final class Rest {
    /// As many windows as have to be alike.
    static final int ALIKE = 3;

    private final double tolerance;
    private final List<View> last = new ArrayList<>();
    private int seen;
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
        seen++;
        last.add(window);
        if (last.size() > ALIKE) {
            last.removeFirst();
        }
        boolean alike = last.size() == ALIKE
                && areAlike(last.stream().mapToDouble(View::perSecond).toArray())
                && areAlike(last.stream().mapToDouble(View::latencyMicros).toArray());
        if (alike && reachedAfter == 0) {
            reachedAfter = seen;
        }
        return alike;
    }

    private boolean areAlike(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
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
        return reached() ? reachedAfter : seen;
    }
}
