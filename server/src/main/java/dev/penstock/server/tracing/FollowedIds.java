package dev.penstock.server.tracing;

import dev.penstock.server.calls.TraceContext;
import io.opentelemetry.sdk.trace.IdGenerator;

/// Gives spans ids of their own, and traces those that their calls were given when they came. Confined to one thread.
final class FollowedIds implements IdGenerator {
    private final IdGenerator random = IdGenerator.random();
    private TraceContext trace = TraceContext.NONE;

    /// The next trace is that one.
    void follow(TraceContext next) {
        trace = next;
    }

    @Override
    public String generateSpanId() {
        return random.generateSpanId();
    }

    @Override
    public String generateTraceId() {
        return trace.traceId();
    }
}
