package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.Distribution;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.monitor.drift.ShareChange;
import dev.penstock.monitor.drift.VectorDrift;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes events of what is to be told.
final class Events {
    /// Features that one event names.
    static final int MOST_FEATURES = 64;

    private static final String PREFIX = "dev.penstock.";

    /// Before the names of measures.
    private static final String QUALITY = "quality:";

    private final String source;
    private final Supplier<String> ids;

    /// @param gateway name of this server
    /// @param ids gives another one each time
    Events(String gateway, Supplier<String> ids) {
        this.source = "/gateways/" + CloudEvent.segment(gateway);
        this.ids = ids;
    }

    String newId() {
        return ids.get();
    }

    /// @param facts null if nothing more is known
    CloudEvent of(Notice notice, @Nullable Facts facts, long nowMillis) {
        Concern concern = notice.concern();
        return event(newId(), type(notice), concern.key(), data(notice, facts), concern.id(), nowMillis);
    }

    private static String type(Notice notice) {
        boolean resolved = notice.why() == Notice.Why.RESOLVED;
        return switch (notice.concern().kind()) {
            case DRIFT -> resolved ? "drift.resolved.v1" : "drift.detected.v1";
            case QUALITY -> resolved ? "quality.recovered.v1" : "quality.degraded.v1";
        };
    }

    private static ObjectNode data(Notice notice, @Nullable Facts facts) {
        Concern concern = notice.concern();
        ObjectNode data = of(concern.key());
        data.put("severity", lower(concern.severity())).put("reason", lower(notice.why()));
        data.put("raised", instant(concern.raisedMillis()));
        if (!concern.active()) {
            data.put("cleared", instant(concern.clearedMillis()));
        }
        if (notice.repeats() > 0) {
            data.put("repeats", notice.repeats());
        }
        boolean drift = concern.isDrift();
        if (drift && facts != null) {
            data.put("window", facts.window()).put("n", facts.rows()).put("baseline", facts.baseline());
            number(data, "share", facts.share());
        } else {
            data.put("n", concern.alert().rows());
            number(data, "share", concern.alert().share());
        }
        ArrayNode features = data.putArray(drift ? "features" : "metrics");
        concern.features().stream()
                .limit(MOST_FEATURES)
                .forEach(name -> features.add(feature(bare(name), drift ? facts : null)));
        String report = "/api/v1/models/%s/versions/%d/%s"
                .formatted(
                        CloudEvent.segment(concern.key().name()), concern.key().version(), drift ? "drift" : "quality");
        return data.put("report", drift && facts != null ? report + "?window=" + facts.window() : report);
    }

    private static String bare(String name) {
        return name.startsWith(QUALITY) ? name.substring(QUALITY.length()) : name;
    }

    private static ObjectNode feature(String name, @Nullable Facts facts) {
        ObjectNode feature = object().put("name", name);
        if (facts == null) {
            return feature;
        }
        facts.features().stream().filter(one -> one.name().equals(name)).forEach(one -> put(feature, one));
        facts.vectors().stream().filter(one -> one.name().equals(name)).forEach(one -> put(feature, one));
        return feature;
    }

    private static void put(ObjectNode feature, FeatureDrift one) {
        Distribution said = one.distribution();
        feature.put("status", lower(one.status())).put("n", one.count());
        number(feature, "psi", said.psi());
        number(feature, "pNoDrift", said.pNoDrift());
        number(feature, "pMaterial", said.pWarn());
        number(feature, "ks", said.ks());
        number(feature, "wassersteinNorm", said.wasserstein());
        if (!one.reasons().isEmpty()) {
            ArrayNode reasons = feature.putArray("reasons");
            one.reasons().forEach(reason -> put(reasons.addObject(), reason));
        }
    }

    private static void put(ObjectNode of, ShareChange reason) {
        of.put("kind", reason.kind().text()).put("baseline", reason.baseline()).put("window", reason.window());
    }

    /// As the report has it.
    private static void put(ObjectNode feature, VectorDrift one) {
        feature.put("status", lower(one.status())).put("n", one.count());
        number(feature, "mmd2", one.mmd());
        number(feature, "mmdP", one.p());
        number(feature, "centroidShift", one.shift());
    }

    /// That a model should be trained again.
    CloudEvent of(RetrainingRequest request, long nowMillis) {
        ObjectNode data = of(request.key());
        data.put("request", request.id())
                .put("requested", instant(request.requestedMillis()))
                .put("approval", request.decidedBy().isEmpty() ? "none" : "manual");
        if (!request.decidedBy().isEmpty()) {
            data.put("approvedBy", request.decidedBy());
        }
        ArrayNode reasons = data.putArray("reasons");
        for (Concern concern : request.reasons()) {
            ObjectNode reason = reasons.addObject()
                    .put("kind", lower(concern.kind()))
                    .put("severity", lower(concern.severity()))
                    .put("raised", instant(concern.raisedMillis()));
            ArrayNode features = reason.putArray("features");
            concern.features().stream().limit(MOST_FEATURES).forEach(features::add);
        }
        return event(newId(), "retraining.requested.v1", request.key(), data, request.about(), nowMillis);
    }

    /// That something happened to a route.
    CloudEvent of(String type, String route, String data, long nowMillis) {
        String id = newId();
        return new CloudEvent(
                id, PREFIX + type, source, "routes/" + CloudEvent.segment(route), nowMillis, data, "route " + id);
    }

    private CloudEvent event(String id, String type, ModelKey key, ObjectNode data, String about, long nowMillis) {
        String subject = "models/%s/versions/%d".formatted(CloudEvent.segment(key.name()), key.version());
        return new CloudEvent(id, PREFIX + type, source, subject, nowMillis, data.toString(), about);
    }

    private static ObjectNode of(ModelKey key) {
        return object().put("model", key.name()).put("version", Long.toString(key.version()));
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    private static void number(ObjectNode object, String name, double value) {
        if (Double.isFinite(value)) {
            object.put(name, value);
        }
    }

    static String instant(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
