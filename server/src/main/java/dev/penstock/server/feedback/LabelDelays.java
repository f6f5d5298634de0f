package dev.penstock.server.feedback;

/// How long after their predictions labels were known, in a few classes. Immutable.
public final class LabelDelays {
    private static final double[] BOUNDS = {
        60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 2 * 86_400, 4 * 86_400, 7 * 86_400, 14 * 86_400, 30 * 86_400
    };

    static final LabelDelays NONE = new LabelDelays(new long[BOUNDS.length + 1], 0);

    private final long[] counts;
    private final double seconds;

    private LabelDelays(long[] counts, double seconds) {
        this.counts = counts;
        this.seconds = seconds;
    }

    LabelDelays with(double delaySeconds) {
        long[] more = counts.clone();
        int at = 0;
        while (at < BOUNDS.length && delaySeconds > BOUNDS[at]) {
            at++;
        }
        more[at]++;
        return new LabelDelays(more, seconds + delaySeconds);
    }

    /// How many classes there are; the last one has no bound.
    public int classes() {
        return counts.length;
    }

    /// Delays up to so many seconds, and more than those of the class before.
    public double boundSeconds(int index) {
        return index == BOUNDS.length ? Double.POSITIVE_INFINITY : BOUNDS[index];
    }

    public long count(int index) {
        return counts[index];
    }

    public long total() {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }

    public double sumSeconds() {
        return seconds;
    }

    /// The bound below which that part of the labels was known; NaN without labels, infinite beyond the last
    /// bound.
    public double quantileSeconds(double part) {
        long total = total();
        double wanted = part * (double) total;
        long seen = 0;
        for (int i = 0; i < counts.length && total > 0; i++) {
            seen += counts[i];
            if ((double) seen >= wanted) {
                return boundSeconds(i);
            }
        }
        return Double.NaN;
    }
}
