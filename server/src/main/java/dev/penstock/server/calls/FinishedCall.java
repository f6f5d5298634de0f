package dev.penstock.server.calls;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/// All that is known of one call that is over.
///
/// @param requestId "" where none was made
/// @param model the name that was called, fit to be shown; "" if it was never read
/// @param version that answered, or was asked for; 0 for none
/// @param failure why there was no answer, or null if there was one
/// @param rows 0 if it never ran
/// @param bytesIn of the message, or the body
/// @param bytesOut the same of the answer; 0 for a failure
/// @param caller in its own words, or else its address
/// @param arm of a route that had it, or null
public record FinishedCall(
        CallKind kind,
        CallTimes times,
        TraceContext trace,
        String requestId,
        String model,
        long version,
        @Nullable ErrorCode failure,
        int rows,
        long bytesIn,
        long bytesOut,
        String caller,
        @Nullable Assigned arm) {}
