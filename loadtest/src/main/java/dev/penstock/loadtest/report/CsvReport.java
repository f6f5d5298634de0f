package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.ServerUse;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// A result as comma separated values (RFC 4180), for spreadsheets and data frames. What is not known
/// is empty.
final class CsvReport {
    private static final MathContext DIGITS = new MathContext(6);
    private static final ServerUse UNKNOWN = new ServerUse(Double.NaN, Double.NaN, Double.NaN, Map.of(), Double.NaN);
    private static final List<String> STAGE_COLUMNS = List.of(
            "stage,load,settings,valid,steady,concurrency,elapsed_seconds,offered_per_second,achieved_per_second",
            "succeeded,failed,rejected,overflowed,verified,error_share",
            "mean_micros,p50_micros,p90_micros,p95_micros,p99_micros,p999_micros,p9999_micros,max_micros",
            "client_cpu_share,client_cpu_micros_per_request,client_late_share,client_waited_share",
            "server_queue_micros,server_compute_micros,server_rows_per_batch,server_cpu_micros_per_request");
    private static final List<String> WINDOW_COLUMNS = List.of(
            "stage,from_seconds,length_seconds,offered_per_second,achieved_per_second,succeeded,failed,overflowed",
            "mean_micros,p50_micros,p90_micros,p95_micros,p99_micros,p999_micros,p9999_micros,max_micros");

    private CsvReport() {}

    /// One row for each stage.
    static String stages(TestResult result) {
        StringBuilder text = new StringBuilder(String.join(",", STAGE_COLUMNS)).append('\n');
        for (StageResult stage : result.stages()) {
            ServerUse server = stage.server().orElse(UNKNOWN);
            text.append(line(List.of(
                    Stream.of(stage.name(), stage.load(), settings(stage)),
                    Stream.of(
                            String.valueOf(stage.validity().isValid()),
                            String.valueOf(stage.steadiness().isSteady())),
                    numbers((double) stage.concurrency(), seconds(stage.elapsed())),
                    numbers(stage.offeredPerSecond(), stage.perSecond()),
                    counts(stage.succeeded(), stage.failed(), stage.rejected(), stage.overflowed(), stage.verified()),
                    numbers(stage.errorShare()),
                    latencies(stage.latency()),
                    numbers(
                            stage.client().cpuShare(),
                            stage.client().microsPerRequest(),
                            stage.client().lateShare(),
                            stage.client().waitedShare()),
                    numbers(server.queueMicros(), server.computeMicros(), server.meanBatch()),
                    numbers(server.cpuMicrosPerRequest()))));
        }
        return text.toString();
    }

    /// One row for each window of each stage.
    static String windows(TestResult result) {
        StringBuilder text = new StringBuilder(String.join(",", WINDOW_COLUMNS)).append('\n');
        for (StageResult stage : result.stages()) {
            for (Window window : stage.windows()) {
                text.append(line(List.of(
                        Stream.of(stage.name()),
                        numbers(seconds(window.from()), seconds(window.length())),
                        numbers(window.offeredPerSecond(), window.perSecond()),
                        counts(window.succeeded(), window.failed(), window.overflowed()),
                        latencies(window.latency().toHistogram()))));
            }
        }
        return text.toString();
    }

    private static String line(List<Stream<String>> cells) {
        return cells.stream().flatMap(cell -> cell).map(CsvReport::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    private static String settings(StageResult stage) {
        return new TreeMap<>(stage.settings())
                .entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining(";"));
    }

    private static Stream<String> latencies(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return Stream.generate(() -> "").limit(8);
        }
        DoubleStream quantiles = DoubleStream.of(50, 90, 95, 99, 99.9, 99.99, 100)
                .map(percentile -> (double) nanos.getValueAtPercentile(percentile) / 1e3);
        return numbers(DoubleStream.concat(DoubleStream.of(nanos.getMean() / 1e3), quantiles)
                .toArray());
    }

    private static Stream<String> numbers(double... values) {
        return DoubleStream.of(values).mapToObj(CsvReport::number);
    }

    private static String number(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString()
                : "";
    }

    private static Stream<String> counts(long... values) {
        return LongStream.of(values).mapToObj(String::valueOf);
    }

    private static double seconds(Duration time) {
        return (double) time.toNanos() / 1e9;
    }
}
