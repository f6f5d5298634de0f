package dev.penstock.loadtest.engine;

import java.util.Map;
import org.HdrHistogram.Histogram;

/// Those requests of the measured phase that have something in common. All parts of one kind together are all
/// requests but those that were not sent as too many already waited.
///
/// @param kind the name of a header of the answer, or [#MIX]
/// @param value of the header, or the group of the payload; empty for answers without that header and for what was
///     never answered
/// @param succeeded right answers
/// @param errors how many requests failed, by code, as in [LoadResult#errors()]
/// @param latency of what succeeded, in nanoseconds; nobody's to change
public record LoadPart(String kind, String value, long succeeded, Map<String, Long> errors, Histogram latency) {
    /// The kind of parts that are the groups of payloads.
    public static final String MIX = "mix";

    /// The value that stands for all that came after the first [#MAX_VALUES] of a header.
    public static final String OTHERS = "others";

    /// How many values of one header are told apart, by each thread of the engine.
    public static final int MAX_VALUES = 64;

    public LoadPart {
        errors = Map.copyOf(errors);
    }

    /// Failures of all kinds.
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
