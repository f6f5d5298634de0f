package dev.penstock.server.accesslog;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import tools.jackson.core.JsonGenerator;

/// What the access log says of one call. Pure.
final class AccessLine {
    /// Always with three digits of a second, so that lines sort by their text.
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private AccessLine() {}

    /// Writes one object. What is not known is left out.
    ///
    /// @param arrived when the call's head had arrived
    static void write(JsonGenerator json, FinishedCall call, Instant arrived) {
        CallTimes times = call.times();
        json.writeStartObject();
        json.writeStringProperty("time", TIME.format(arrived));
        text(json, "request_id", call.requestId());
        text(json, "trace_id", call.trace().traceId());
        text(json, "model", call.model());
        if (call.version() > 0) {
            json.writeNumberProperty("version", call.version());
        }
        Assigned arm = call.arm();
        if (arm != null) {
            json.writeStringProperty("route", arm.route());
            json.writeStringProperty("arm", arm.arm());
            json.writeStringProperty("assignment", arm.header());
        }
        json.writeStringProperty("transport", call.kind().transport());
        ErrorCode failure = call.failure();
        json.writeStringProperty("code", failure == null ? "OK" : failure.name());
        json.writeNumberProperty("rows", call.rows());
        json.writeNumberProperty("bytes_in", call.bytesIn());
        json.writeNumberProperty("bytes_out", call.bytesOut());
        micros(json, "total_us", times.startNanos(), times.endNanos());
        micros(json, "queue_us", times.queuedNanos(), times.runNanos());
        micros(json, "run_us", times.runNanos(), times.ranNanos());
        text(json, "caller", call.caller());
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, String value) {
        if (!value.isEmpty()) {
            json.writeStringProperty(name, value);
        }
    }

    private static void micros(JsonGenerator json, String name, long fromNanos, long toNanos) {
        long micros = CallTimes.micros(fromNanos, toNanos);
        if (micros >= 0) {
            json.writeNumberProperty(name, micros);
        }
    }
}
