package dev.penstock.server.tracing;

import dev.penstock.core.NanoClock;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.FinishedCall;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Sends spans to a collector by OTLP over HTTP. Confined to the thread of its [CallQueue], but for [#spans],
/// and [#close], which comes after it.
public final class SpanExport implements CallQueue.Writer, AutoCloseable {
    /// Of one export, all attempts and pauses together.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final OtlpHttpSpanExporter exporter;
    private final SpanMaker maker;
    private final LongAdder spans = new LongAdder();

    public SpanExport(TracingSettings settings, NanoClock clock, InstantSource time) {
        this.maker = new SpanMaker(settings, clock, time);
        this.exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.collector().toString())
                .setTimeout(PATIENCE)
                .setCompression("gzip")
                .setHeaders(settings::headers)
                .build();
    }

    @Override
    public int write(List<FinishedCall> calls) {
        List<SpanData> made = maker.spans(calls);
        CompletableResultCode result = exporter.export(made).join(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (!result.isSuccess()) {
            // The exporter has logged why.
            return calls.size();
        }
        spans.add(made.size());
        return 0;
    }

    /// How many spans a collector has taken.
    public long spans() {
        return spans.sum();
    }

    @Override
    public void close() {
        exporter.shutdown().join(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        maker.close();
    }
}
