package dev.penstock.server.tracing;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import dev.penstock.server.wire.StatusCodes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes the spans of calls: one of the server, and under it one for each stage that the call came to.
/// Confined to one thread.
final class SpanMaker implements AutoCloseable {
    private static final String SCOPE = "dev.penstock";

    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("penstock.model");
    private static final AttributeKey<Long> VERSION = AttributeKey.longKey("penstock.version");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("penstock.request_id");
    private static final AttributeKey<Long> ROWS = AttributeKey.longKey("penstock.rows");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system");
    private static final AttributeKey<String> RPC_SERVICE = AttributeKey.stringKey("rpc.service");
    private static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    private static final AttributeKey<Long> RPC_STATUS = AttributeKey.longKey("rpc.grpc.status_code");
    private static final AttributeKey<Long> HTTP_STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> HTTP_METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> HTTP_ROUTE = AttributeKey.stringKey("http.route");

    private static final AttributeKey<String> FLAG = AttributeKey.stringKey("feature_flag.key");
    private static final AttributeKey<String> FLAG_VARIANT = AttributeKey.stringKey("feature_flag.result.variant");
    private static final AttributeKey<String> FLAG_SET = AttributeKey.stringKey("feature_flag.set.id");
    private static final AttributeKey<String> FLAG_REASON = AttributeKey.stringKey("feature_flag.result.reason");
    private static final AttributeKey<String> FLAG_UNIT = AttributeKey.stringKey("feature_flag.context.id");

    private final NanoClock clock;
    private final InstantSource time;
    private final FollowedIds ids = new FollowedIds();
    private final EndedSpans ended = new EndedSpans();
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    SpanMaker(TracingSettings settings, NanoClock clock, InstantSource time) {
        this.clock = clock;
        this.time = time;
        this.provider = SdkTracerProvider.builder()
                .setResource(resource(settings))
                // Which calls are traced was decided when they came.
                .setSampler(Sampler.alwaysOn())
                .setIdGenerator(ids)
                .addSpanProcessor(ended)
                .build();
        this.tracer = provider.tracerBuilder(SCOPE)
                .setInstrumentationVersion(settings.serviceVersion())
                .build();
    }

    private static Resource resource(TracingSettings settings) {
        AttributesBuilder attributes = Resource.getDefault().getAttributes().toBuilder();
        attributes.put("service.name", settings.serviceName());
        attributes.put("service.version", settings.serviceVersion());
        attributes.put("process.pid", ProcessHandle.current().pid());
        settings.attributes().forEach(attributes::put);
        return Resource.create(attributes.build());
    }

    /// All spans of those calls.
    List<SpanData> spans(List<FinishedCall> calls) {
        // The system's time may be set while the process runs: the two clocks are compared anew each time.
        Instant now = time.instant();
        long nowEpochNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        long offsetNanos = nowEpochNanos - clock.nanoTime();
        for (FinishedCall call : calls) {
            make(call, offsetNanos);
        }
        return ended.take();
    }

    /// As OpenTelemetry's conventions have feature flags.
    private static void describe(SpanBuilder builder, @Nullable Assigned arm) {
        if (arm != null) {
            builder.setAttribute(FLAG, arm.route())
                    .setAttribute(FLAG_VARIANT, arm.arm())
                    .setAttribute(FLAG_SET, arm.assignment())
                    .setAttribute(FLAG_REASON, arm.reason())
                    .setAttribute(FLAG_UNIT, HexFormat.of().toHexDigits(arm.hash2()));
        }
    }

    private void make(FinishedCall call, long offsetNanos) {
        CallTimes times = call.times();
        ids.follow(call.trace());
        SpanBuilder builder = tracer.spanBuilder(call.kind().operation())
                .setSpanKind(SpanKind.SERVER)
                .setParent(CallerContext.of(call.trace()))
                .setStartTimestamp(times.startNanos() + offsetNanos, TimeUnit.NANOSECONDS)
                .setAttribute(MODEL, call.model())
                .setAttribute(VERSION, call.version())
                .setAttribute(REQUEST_ID, call.requestId())
                .setAttribute(ROWS, (long) call.rows());
        describe(builder, call.kind());
        describe(builder, call.kind(), call.failure());
        describe(builder, call.arm());
        Span server = builder.startSpan();
        ErrorCode failure = call.failure();
        if (failure != null) {
            server.setAttribute(ERROR_TYPE, failure.name());
            if (isOurs(failure)) {
                server.setStatus(StatusCode.ERROR, failure.name());
            }
        }
        Context inside = Context.root().with(server);
        long ranOrEnd = firstKnown(times.runNanos(), times.encodeNanos(), times.endNanos());
        stage("admit", inside, times.startNanos(), firstKnown(times.queuedNanos(), times.endNanos()), offsetNanos);
        stage("queue", inside, times.queuedNanos(), ranOrEnd, offsetNanos);
        stage("run", inside, times.runNanos(), times.ranNanos(), offsetNanos);
        stage("encode", inside, times.encodeNanos(), times.endNanos(), offsetNanos);
        server.end(times.endNanos() + offsetNanos, TimeUnit.NANOSECONDS);
    }

    private static void describe(SpanBuilder builder, CallKind kind) {
        switch (kind) {
            case GRPC, GRPC_STREAM -> {
                String operation = kind.operation();
                int slash = operation.indexOf('/');
                builder.setAttribute(RPC_SYSTEM, "grpc");
                builder.setAttribute(RPC_SERVICE, operation.substring(0, slash));
                builder.setAttribute(RPC_METHOD, operation.substring(slash + 1));
            }
            case HTTP, HTTP_V1 -> {
                String operation = kind.operation();
                int blank = operation.indexOf(' ');
                builder.setAttribute(HTTP_METHOD, operation.substring(0, blank));
                builder.setAttribute(HTTP_ROUTE, operation.substring(blank + 1));
            }
        }
    }

    /// A message of a stream has no status: the stream goes on after one that fails.
    private static void describe(SpanBuilder builder, CallKind kind, @Nullable ErrorCode failure) {
        switch (kind) {
            case GRPC ->
                builder.setAttribute(
                        RPC_STATUS, (long) (failure == null ? StatusCodes.GRPC_OK : StatusCodes.grpc(failure)));
            case HTTP, HTTP_V1 ->
                builder.setAttribute(
                        HTTP_STATUS, (long) (failure == null ? StatusCodes.HTTP_OK : StatusCodes.http(failure)));
            case GRPC_STREAM -> {}
        }
    }

    private static long firstKnown(long... nanos) {
        for (long known : nanos) {
            if (known != CallTimes.UNKNOWN) {
                return known;
            }
        }
        return CallTimes.UNKNOWN;
    }

    /// Makes the span of a stage that the call came to.
    private void stage(String name, Context inside, long fromNanos, long toNanos, long offsetNanos) {
        if (fromNanos != CallTimes.UNKNOWN && toNanos != CallTimes.UNKNOWN) {
            tracer.spanBuilder(name)
                    .setParent(inside)
                    .setStartTimestamp(fromNanos + offsetNanos, TimeUnit.NANOSECONDS)
                    .startSpan()
                    .end(Math.max(fromNanos, toNanos) + offsetNanos, TimeUnit.NANOSECONDS);
        }
    }

    /// As OpenTelemetry's conventions have it: what a caller did wrong is no error of the server.
    private static boolean isOurs(ErrorCode code) {
        return switch (code) {
            case NOT_READY, DEADLINE_EXCEEDED, UNSUPPORTED, MODEL_FAILED, INTERNAL -> true;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    OVERLOADED,
                    CANCELLED,
                    TOO_LARGE,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED -> false;
        };
    }

    @Override
    public void close() {
        provider.close();
    }
}
