package dev.penstock.core;

import java.util.List;

/// One call to a model, whatever transport it came by.
///
/// @param model the name that was called
/// @param version the version that was asked for as it was written, or "" for the one the policy picks
/// @param id the caller's own id of the request, or ""
/// @param outputs the names of the outputs wanted; empty means all
/// @param deadlineNanos on the [NanoClock]; [#NO_DEADLINE] when there is none
public record InferenceRequest(
        String model, String version, String id, List<Tensor> inputs, List<String> outputs, long deadlineNanos) {
    /// No call lasts the 146 years that this is away from any clock reading that could be compared with it.
    public static final long NO_DEADLINE = Long.MIN_VALUE;

    public InferenceRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    public boolean expired(long nowNanos) {
        return deadlineNanos != NO_DEADLINE && deadlineNanos - nowNanos <= 0;
    }
}
