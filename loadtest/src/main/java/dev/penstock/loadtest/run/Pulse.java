package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.latency.Latencies;
import dev.penstock.loadtest.result.StageResult;
import java.time.Duration;
import java.util.Locale;

/// What the windows of a stage show so far, in few words. Not thread safe.
final class Pulse {
    private LoadWindow last = new LoadWindow(Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, Latencies.NONE);
    private long failed;
    private long overflowed;

    void add(LoadWindow window) {
        last = window;
        failed += window.failed();
        overflowed += window.overflowed();
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
                Numbers.micros(last.latency().micros(50)),
                Numbers.micros(last.latency().micros(99)),
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
}
