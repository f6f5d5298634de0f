package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.latency.LatencyCounts;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// What the windows of a stage show so far, in few words and small pictures. Not thread safe.
final class PulseBlock {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final int RECENT = 60;

    /// Of the picture of the distribution, at most: the least and the greatest latency, and so many columns
    /// between.
    private static final int COLUMNS = 48;

    private static final int FEWEST = 8;

    private final Pulse pulse = new Pulse();
    private final Deque<Double> recentP99 = new ArrayDeque<>();
    private final LatencyCounts latency = new LatencyCounts();

    void add(LoadWindow window) {
        pulse.add(window);
        latency.add(window.latency());
        recentP99.add(window.latency().isEmpty() ? 0 : window.latency().micros(99));
        if (recentP99.size() > RECENT) {
            recentP99.removeFirst();
        }
    }

    /// A block for a terminal, whose pictures are as wide as fits.
    ///
    /// @param width of its lines; where it is less than the words need, they are longer
    List<String> lines(int width) {
        if (latency.isEmpty()) {
            return List.of(pulse.line());
        }
        double[] p99 = recentP99.stream().mapToDouble(value -> value).toArray();
        String first = "       p99     ";
        String beside = "  each second, up to " + Numbers.micros(most(p99));
        String second = "       latency ";
        String below = "  " + Numbers.micros((double) latency.leastNanos() / 1e3) + " to "
                + Numbers.micros((double) latency.greatestNanos() / 1e3) + ", logarithmic";
        int recent = Math.min(p99.length, room(width, first, beside));
        double[] columns = distribution(Math.min(COLUMNS, room(width, second, below)));
        return List.of(
                pulse.line(),
                first + bars(Arrays.copyOfRange(p99, p99.length - recent, p99.length)) + beside,
                second + bars(columns) + below);
    }

    private static int room(int width, String before, String after) {
        return Math.max(FEWEST, width - before.length() - after.length());
    }

    private double[] distribution(int count) {
        double low = Math.log((double) Math.max(1, latency.leastNanos()));
        double high = Math.log((double) Math.max(2, latency.greatestNanos()));
        Columns columns = new Columns(low, Math.max(low + 1e-9, high), count);
        latency.forEach(columns);
        return columns.heights;
    }

    /// Equal parts of a logarithmic scale. They ask for a logarithm each, and not each value for one.
    private static final class Columns implements LatencyCounts.Reader {
        final double[] heights;

        /// Where each ends, in nanoseconds.
        private final double[] ends;

        private int column;

        Columns(double low, double high, int count) {
            this.heights = new double[count];
            this.ends = new double[count];
            for (int i = 0; i < count; i++) {
                ends[i] = Math.exp(low + (high - low) * (i + 1) / count);
            }
        }

        @Override
        public void seen(long nanos, long count) {
            while (column < ends.length - 1 && (double) nanos >= ends[column]) {
                column++;
            }
            heights[column] += (double) count;
        }
    }

    /// One bar for each value, from 0 to the greatest; what is above 0 is never quite invisible.
    static String bars(double[] values) {
        double most = most(values);
        StringBuilder text = new StringBuilder(values.length);
        for (double value : values) {
            if (value <= 0) {
                text.append(' ');
                continue;
            }
            int height = (int) Math.ceil(value / most * BARS.length()) - 1;
            text.append(BARS.charAt(Math.clamp(height, 0, BARS.length() - 1)));
        }
        return text.toString();
    }

    private static double most(double[] values) {
        double most = 0;
        for (double value : values) {
            most = Math.max(most, value);
        }
        return most;
    }
}
