package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Requests for retraining as they are kept. Pure.
final class RetrainingJson {
    private RetrainingJson() {}

    static String write(Retraining.Kept kept) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ObjectNode asked = json.putObject("asked");
        kept.askedMillis().forEach(asked::put);
        ArrayNode requests = json.putArray("requests");
        for (RetrainingRequest request : kept.requests()) {
            write(requests.addObject(), request);
        }
        return json.toString();
    }

    private static void write(ObjectNode json, RetrainingRequest request) {
        json.put("id", request.id())
                .put("model", request.key().name())
                .put("version", request.key().version())
                .put("requested", request.requestedMillis())
                .put("state", request.state().name())
                .put("decided", request.decidedMillis())
                .put("by", request.decidedBy());
        ArrayNode reasons = json.putArray("reasons");
        for (Concern concern : request.reasons()) {
            write(reasons.addObject(), concern.alert());
        }
    }

    private static void write(ObjectNode json, Alert alert) {
        json.put("kind", alert.kind().name())
                .put("severity", alert.severity().name())
                .put("raised", alert.raisedMillis())
                .put("cleared", alert.clearedMillis())
                .put("from", alert.fromMillis())
                .put("rows", alert.rows())
                .put("cause", alert.cause().name());
        if (Double.isFinite(alert.share())) {
            json.put("share", alert.share());
        }
        ArrayNode features = json.putArray("features");
        alert.features().forEach(features::add);
    }

    /// @throws IllegalArgumentException if it is nothing that [#write] writes
    static Retraining.Kept read(String text) {
        try {
            JsonNode json = JsonMapper.shared().readTree(text);
            Map<String, Long> asked = new HashMap<>();
            json.required("asked").properties().forEach(one -> asked.put(one.getKey(), number(one.getValue())));
            List<RetrainingRequest> requests = new ArrayList<>();
            json.required("requests").forEach(one -> requests.add(request(one)));
            return new Retraining.Kept(requests, asked);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no requests for retraining: " + e.getOriginalMessage(), e);
        }
    }

    private static RetrainingRequest request(JsonNode json) {
        ModelKey key = new ModelKey(text(json, "model"), number(json.required("version")));
        List<Concern> reasons = new ArrayList<>();
        json.required("reasons").forEach(one -> reasons.add(new Concern(alert(key, one))));
        return new RetrainingRequest(
                text(json, "id"),
                key,
                reasons,
                number(json.required("requested")),
                RetrainingRequest.State.valueOf(text(json, "state")),
                number(json.required("decided")),
                text(json, "by"));
    }

    private static Alert alert(ModelKey key, JsonNode json) {
        List<String> features = new ArrayList<>();
        json.required("features").forEach(one -> features.add(one.stringValue()));
        return new Alert(
                Alert.Kind.valueOf(text(json, "kind")),
                key,
                DriftStatus.valueOf(text(json, "severity")),
                number(json.required("raised")),
                number(json.required("cleared")),
                number(json.required("from")),
                number(json.required("rows")),
                json.path("share").asDouble(Double.NaN),
                features,
                DriftChange.Cause.valueOf(text(json, "cause")));
    }

    private static String text(JsonNode json, String name) {
        return json.required(name).stringValue();
    }

    private static long number(JsonNode json) {
        return json.longValue();
    }
}
