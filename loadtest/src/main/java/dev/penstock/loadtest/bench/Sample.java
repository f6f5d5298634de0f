package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.LoadResult;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What one turn brought. What was not measured is NaN.
///
/// @param perSecond right answers
/// @param right how many answers were right
/// @param cpuMicros CPU time of the server's process per right answer, in microseconds
/// @param meanMicros latency; likewise the quantiles
/// @param generatorMicros CPU time of the generator per request
/// @param errors by code, `NOT_SENT` among them; empty if all answers were right
public record Sample(
        long right,
        double perSecond,
        double cpuMicros,
        double meanMicros,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double generatorMicros,
        Map<String, Long> errors) {
    /// What was due in an open loop and never sent, as too many already waited.
    private static final String NOT_SENT = "NOT_SENT";

    public Sample {
        errors = Map.copyOf(errors);
    }

    /// How many answers were errors or missing.
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /// @param cpuNanos of the server's process
    static Sample of(LoadResult result, long cpuNanos) {
        Histogram latency = result.latency();
        return new Sample(
                result.succeeded(),
                result.perSecond(),
                (double) cpuNanos / 1e3 / (double) result.succeeded(),
                latency.getMean() / 1e3,
                micros(latency, 50),
                micros(latency, 99),
                micros(latency, 99.9),
                result.generatorMicrosPerRequest(),
                errors(result));
    }

    private static Map<String, Long> errors(LoadResult result) {
        Map<String, Long> errors = new HashMap<>(result.errors());
        if (result.overflowed() > 0) {
            errors.put(NOT_SENT, result.overflowed());
        }
        return errors;
    }

    static double micros(Histogram histogram, double percentile) {
        return (double) histogram.getValueAtPercentile(percentile) / 1e3;
    }

    static Sample of(Direct.Runs runs) {
        return new Sample(
                runs.rows(),
                runs.perSecond(),
                runs.cpuMicros(),
                Double.NaN,
                runs.medianMicros(),
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Map.of());
    }
}
