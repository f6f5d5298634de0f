package dev.penstock.core;

import java.util.List;

/// One call to a model, whatever transport it came by.
///
/// @param model the name that was called
/// @param version the version that was asked for as it was written, or "" for the one the policy picks
/// @param id the caller's own id of the request, or ""
/// @param outputs the names of the outputs wanted; empty means all
/// @param deadlineNanos on the [NanoClock]; [#NO_DEADLINE] when there is none
/// @param timeoutNanos how long it wants to wait for its run at most, where its model's [QueuePolicy] allows
///     that; 0 if it does not say
/// @param priority from 1, the most urgent; 0 if the request says nothing
/// @param caller who asks, as a hash: requests of one caller say the same; 0 if that is not known
public record InferenceRequest(
        String model,
        String version,
        String id,
        List<Tensor> inputs,
        List<String> outputs,
        long deadlineNanos,
        long timeoutNanos,
        int priority,
        int caller) {
    /// No call lasts the 146 years that this is away from any clock reading that could be compared with it.
    public static final long NO_DEADLINE = Long.MIN_VALUE;

    public InferenceRequest {
        Check.argument(timeoutNanos >= 0, "timeoutNanos: %d (expected: >= 0)", timeoutNanos);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// Without a priority, of nobody in particular.
    public InferenceRequest(
            String model, String version, String id, List<Tensor> inputs, List<String> outputs, long deadlineNanos) {
        this(model, version, id, inputs, outputs, deadlineNanos, 0, 0, 0);
    }

    /// The same request of that caller.
    public InferenceRequest by(int who) {
        return new InferenceRequest(model, version, id, inputs, outputs, deadlineNanos, timeoutNanos, priority, who);
    }

    /// The same request to that very version.
    public InferenceRequest to(ModelKey key) {
        String number = Long.toString(key.version());
        return new InferenceRequest(
                key.name(), number, id, inputs, outputs, deadlineNanos, timeoutNanos, priority, caller);
    }

    /// The same request after it waited for something other than its run: so much less of its own timeout is
    /// left.
    public InferenceRequest after(long waitedNanos) {
        if (timeoutNanos == 0) {
            return this;
        }
        long left = Math.max(1, timeoutNanos - waitedNanos);
        return new InferenceRequest(model, version, id, inputs, outputs, deadlineNanos, left, priority, caller);
    }

    public boolean expired(long nowNanos) {
        return deadlineNanos != NO_DEADLINE && deadlineNanos - nowNanos <= 0;
    }
}
