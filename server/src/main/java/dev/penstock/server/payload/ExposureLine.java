package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which arm of a route a request had, as a line of JSON. Pure.
///
/// @param assigned the arm that had the request in the end
/// @param assignmentVersion how often units were dealt anew on its route by then; 0 if that is not known
record ExposureLine(FinishedCall call, Assigned assigned, long assignmentVersion, Instant time) {
    private static final double ALL = 10_000;
    private static final int UNIT_DIGITS = 11;
    private static final int BELOW_UNIT_BITS = 22;

    /// The hash of a unit that was found: a request that had none has one by chance, which says nothing.
    private static final String BY_UNIT = "hash";

    /// A line with its end.
    byte[] bytes() {
        return (json() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    String json() {
        ObjectNode line = JsonMapper.shared()
                .createObjectNode()
                .put("time", time.toString())
                .put("route", assigned.route())
                .put("arm", assigned.arm())
                .put("model", assigned.model())
                .put("version", call.version())
                .put("assignment", assigned.assignment())
                .put("assignmentVersion", assignmentVersion)
                .put("reason", assigned.reason())
                .put("bucket", assigned.bucket())
                .put("group", assigned.group());
        if (assigned.reason().equals(BY_UNIT)) {
            String digits = HexFormat.of().toHexDigits(assigned.hash2() >>> BELOW_UNIT_BITS, UNIT_DIGITS);
            line.put("unit", digits);
        }
        if (assigned.byChance()) {
            line.put("propensity", assigned.weight() / ALL);
        }
        long micros = CallTimes.micros(call.times().startNanos(), call.times().endNanos());
        if (micros >= 0) {
            line.put("latencyUs", micros);
        }
        ErrorCode failure = call.failure();
        if (failure != null) {
            line.put("error", failure.name());
        }
        if (!call.requestId().isEmpty()) {
            line.put("requestId", call.requestId());
        }
        if (!call.trace().traceId().isEmpty()) {
            line.put("traceId", call.trace().traceId());
        }
        return line.toString();
    }
}
