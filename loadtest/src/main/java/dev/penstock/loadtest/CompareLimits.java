package dev.penstock.loadtest;

import dev.penstock.loadtest.compare.Metric;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags by which a user says how much worse B may be.
final class CompareLimits {
    @Option(
            names = "--max-rate-decrease",
            paramLabel = "5%",
            converter = PercentText.class,
            description =
                    "Limits: by how much B may be worse. One is exceeded if the whole interval is beyond it, kept if the whole "
                            + "interval is within it, and undecided otherwise.")
    private @Nullable Double rate;

    @Option(names = "--max-p50-increase", paramLabel = "5%", converter = PercentText.class, description = "Likewise.")
    private @Nullable Double p50;

    @Option(names = "--max-p90-increase", paramLabel = "5%", converter = PercentText.class, description = "Likewise.")
    private @Nullable Double p90;

    @Option(names = "--max-p99-increase", paramLabel = "5%", converter = PercentText.class, description = "Likewise.")
    private @Nullable Double p99;

    @Option(names = "--max-p999-increase", paramLabel = "5%", converter = PercentText.class, description = "Likewise.")
    private @Nullable Double p999;

    @Option(
            names = "--max-errors-increase",
            paramLabel = "0.1%",
            converter = PercentText.class,
            description = "Of all requests: from 0.2 %% to 0.3 %% is an increase of 0.1%%.")
    private @Nullable Double errors;

    @Option(
            names = "--max-cpu-increase",
            paramLabel = "5%",
            converter = PercentText.class,
            description = "CPU time of the server for each answer. It has no interval; the number itself decides.")
    private @Nullable Double serverCpu;

    Map<Metric, Double> byMetric() {
        Map<Metric, Double> limits = new EnumMap<>(Metric.class);
        put(limits, Metric.RATE, rate);
        put(limits, Metric.P50, p50);
        put(limits, Metric.P90, p90);
        put(limits, Metric.P99, p99);
        put(limits, Metric.P999, p999);
        put(limits, Metric.ERRORS, errors);
        put(limits, Metric.SERVER_CPU, serverCpu);
        return limits;
    }

    private static void put(Map<Metric, Double> limits, Metric metric, @Nullable Double limit) {
        if (limit != null) {
            limits.put(metric, limit);
        }
    }
}
