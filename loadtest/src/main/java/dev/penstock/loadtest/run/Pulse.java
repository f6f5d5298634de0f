package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.result.StageResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What the windows of a stage show so far, in few words and small pictures. Not thread safe.
final class Pulse {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final int RECENT = 60;

    /// Of the picture of the distribution, at most: the least and the greatest latency, and so many columns
    /// between.
    private static final int COLUMNS = 48;

    private static final int FEWEST = 8;

    private final List<Double> recentP99 = new ArrayList<>();
    private final Histogram latency = new Histogram(3);
    private LoadWindow last = new LoadWindow(Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, new Histogram(3));
    private long failed;
    private long overflowed;

    void add(LoadWindow window) {
        last = window;
        failed += window.failed();
        overflowed += window.overflowed();
        latency.add(window.latency());
        recentP99.add(micros(window.latency(), 99));
        if (recentP99.size() > RECENT) {
            recentP99.removeFirst();
        }
    }

    /// Until the end of the last window.
    long nanos() {
        return last.from().plus(last.length()).toNanos();
    }

    /// The last window.
    String line() {
        return String.format(
                Locale.ROOT,
                "%4.0f s  %s/s  p50 %s  p99 %s  errors %,d",
                (double) nanos() / 1e9,
                Numbers.rate((double) last.succeeded()
                        * 1e9
                        / Math.max(1, (double) last.length().toNanos())),
                Numbers.micros(micros(last.latency(), 50)),
                Numbers.micros(micros(last.latency(), 99)),
                failed + overflowed);
    }

    static String line(StageResult stage) {
        return String.format(
                Locale.ROOT,
                "%s/s  p50 %s  p99 %s  max %s  errors %s",
                Numbers.rate(stage.perSecond()),
                Numbers.micros(stage.latencyMicros(50)),
                Numbers.micros(stage.latencyMicros(99)),
                Numbers.micros(stage.latencyMicros(100)),
                Numbers.percent(stage.errorShare()));
    }

    /// A block for a terminal, whose pictures are as wide as fits.
    ///
    /// @param width of its lines; where it is less than the words need, they are longer
    List<String> block(int width) {
        if (latency.getTotalCount() == 0) {
            return List.of(line());
        }
        double[] p99 = recentP99.stream()
                .mapToDouble(value -> Double.isNaN(value) ? 0 : value)
                .toArray();
        String first = "       p99     ";
        String beside = "  each second, up to " + Numbers.micros(most(p99));
        String second = "       latency ";
        String below = "  " + Numbers.micros(micros(latency, 0)) + " to " + Numbers.micros(micros(latency, 100))
                + ", logarithmic";
        int recent = Math.min(p99.length, room(width, first, beside));
        double[] columns = distribution(Math.min(COLUMNS, room(width, second, below)));
        return List.of(
                line(),
                first + bars(Arrays.copyOfRange(p99, p99.length - recent, p99.length)) + beside,
                second + bars(columns) + below);
    }

    private static int room(int width, String before, String after) {
        return Math.max(FEWEST, width - before.length() - after.length());
    }

    private double[] distribution(int count) {
        double low = Math.log((double) Math.max(1, latency.getMinNonZeroValue()));
        double high = Math.log((double) Math.max(2, latency.getMaxValue()));
        double[] columns = new double[count];
        double width = Math.max(1e-9, (high - low) / count);
        latency.recordedValues().forEach(value -> {
            int column = (int) ((Math.log((double) Math.max(1, value.getValueIteratedTo())) - low) / width);
            columns[Math.clamp(column, 0, count - 1)] += (double) value.getCountAddedInThisIterationStep();
        });
        return columns;
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

    private static double micros(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? Double.NaN : (double) histogram.getValueAtPercentile(percentile) / 1e3;
    }
}
