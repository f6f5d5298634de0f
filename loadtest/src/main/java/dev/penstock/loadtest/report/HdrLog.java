package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.Window;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/// A result in HdrHistogram's own interval log format, which its tools read: one line for each window,
/// tagged with its stage. Values are nanoseconds, maxima in the readable columns milliseconds. The
/// measured times of the stages follow each other without a gap.
final class HdrLog {
    private static final Pattern NOT_IN_TAGS = Pattern.compile("[\\s,=\\p{Cntrl}]+");
    private static final double NANOS_PER_MILLI = 1e6;

    private HdrLog() {}

    static String of(TestResult result) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        HistogramLogWriter log = new HistogramLogWriter(bytes);
        log.outputComment("[load test: " + PlainText.visible(result.name()) + "]");
        log.outputLogFormatVersion();
        log.outputStartTime(result.at().toEpochMilli());
        log.outputLegend();
        Duration from = Duration.ZERO;
        for (StageResult stage : result.stages()) {
            for (Window window : stage.windows()) {
                write(log, stage, window, from.plus(window.from()));
            }
            from = from.plus(stage.elapsed());
        }
        log.close();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void write(HistogramLogWriter log, StageResult stage, Window window, Duration from) {
        Histogram tagged = window.latency().toHistogram();
        tagged.setTag(NOT_IN_TAGS.matcher(stage.name()).replaceAll("_"));
        log.outputIntervalHistogram(seconds(from), seconds(from.plus(window.length())), tagged, NANOS_PER_MILLI);
    }

    private static double seconds(Duration time) {
        return (double) time.toNanos() / 1e9;
    }
}
