package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One inference, from what was asked to what was answered. Immutable.
///
/// @param id the caller's own, or one that was made for it
/// @param callerId the caller's own, or ""
/// @param model the name of the model, or what was called if nothing was found
/// @param version that answered; 0 if none was found
/// @param arm of the route that had it, or null if there was no route
/// @param time when it arrived
/// @param latencyMicros until its outcome
/// @param parameters that the request had, of those that mean something
/// @param headers by lower-case name, of those that are kept
/// @param redactedHeaders which of them do not say what was sent, or are gone
/// @param wanted the outputs that were asked for; empty for all
/// @param failure why there was no answer, or null if there was one
/// @param message the same in words, or ""
/// @param outputs the answer; empty for a failure
record PayloadRecord(
        String id,
        String callerId,
        String model,
        long version,
        @Nullable Assigned arm,
        Instant time,
        long latencyMicros,
        Map<String, String> parameters,
        Map<String, String> headers,
        Set<String> redactedHeaders,
        List<PayloadTensor> inputs,
        List<String> wanted,
        @Nullable ErrorCode failure,
        String message,
        List<PayloadTensor> outputs) {
    PayloadRecord {
        parameters = Map.copyOf(parameters);
        headers = Map.copyOf(headers);
        redactedHeaders = Set.copyOf(redactedHeaders);
        inputs = List.copyOf(inputs);
        wanted = List.copyOf(wanted);
        outputs = List.copyOf(outputs);
    }

    /// The same with other ids.
    PayloadRecord withId(String newId, String newCallerId) {
        return new PayloadRecord(
                newId,
                newCallerId,
                model,
                version,
                arm,
                time,
                latencyMicros,
                parameters,
                headers,
                redactedHeaders,
                inputs,
                wanted,
                failure,
                message,
                outputs);
    }

    /// The same with other values.
    PayloadRecord with(
            Map<String, String> newParameters,
            Map<String, String> newHeaders,
            Set<String> newRedactedHeaders,
            List<PayloadTensor> newInputs,
            List<PayloadTensor> newOutputs) {
        return new PayloadRecord(
                id,
                callerId,
                model,
                version,
                arm,
                time,
                latencyMicros,
                newParameters,
                newHeaders,
                newRedactedHeaders,
                newInputs,
                wanted,
                failure,
                message,
                newOutputs);
    }
}
