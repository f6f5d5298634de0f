package dev.penstock.server.calls;

/// The trace that a call belongs to.
///
/// @param traceId 32 hexadecimal digits
/// @param parentSpanId 16 of them; "" if the call began the trace
/// @param flags as the caller sent them, from 0 to 255
/// @param state the caller's `tracestate`, as it was sent, or ""
public record TraceContext(String traceId, String parentSpanId, int flags, String state) {
    /// Of a call whose caller said nothing and that is not sampled.
    public static final TraceContext NONE = new TraceContext("", "", 0, "");

    public boolean isRoot() {
        return parentSpanId.isEmpty();
    }
}
