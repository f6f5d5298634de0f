package dev.penstock.server.tracing;

import dev.penstock.server.calls.TraceContext;
import dev.penstock.server.calls.TraceParent;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The caller's side of a trace, as OpenTelemetry has it.
final class CallerContext {
    private CallerContext() {}

    private enum Headers implements TextMapGetter<TraceContext> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable TraceContext trace, String key) {
            if (trace == null) {
                return null;
            }
            return switch (key) {
                case TraceParent.HEADER ->
                    "00-%s-%s-%s"
                            .formatted(
                                    trace.traceId(),
                                    trace.parentSpanId(),
                                    HexFormat.of().toHexDigits((byte) trace.flags()));
                case TraceParent.STATE_HEADER -> trace.state().isEmpty() ? null : trace.state();
                default -> null;
            };
        }
    }

    /// Without a parent for a call that began its trace. A state that is none is dropped.
    static Context of(TraceContext trace) {
        return trace.isRoot()
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), trace, Headers.INSTANCE);
    }
}
