package dev.penstock.loadtest.result;

import java.util.Map;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;

/// Those requests of a stage that have something in common.
///
/// @param kind what they have in common: `mix` (an entry of the scenario's mix), or a header of the
///     answer, `version`, `arm`, `model`
/// @param value of it; empty for answers without that header
/// @param expectedShare of all requests, 0 to 1, as the scenario has it; empty if it has not
/// @param latency as of the whole stage
public record Part(
        String kind,
        String value,
        OptionalDouble expectedShare,
        long succeeded,
        Map<String, Long> errors,
        Histogram latency) {
    public Part {
        errors = Map.copyOf(errors);
    }

    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /// @param percentile 0 to 100
    /// @return NaN if there was no right answer
    public double latencyMicros(double percentile) {
        return HistogramJson.micros(latency, percentile);
    }
}
