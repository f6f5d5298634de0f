package dev.penstock.server.rest;

import dev.penstock.server.alerting.Concern;
import dev.penstock.server.alerting.Delivery;
import dev.penstock.server.alerting.Outcome;
import dev.penstock.server.alerting.ReceiverStatus;
import dev.penstock.server.alerting.RetrainingRequest;
import dev.penstock.server.monitoring.Alert;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/// Writes alerts, what became of telling others of them, and what is asked for because of them. Pure.
final class AlertJson {
    private AlertJson() {}

    static void writeAlerts(
            JsonGenerator json,
            List<Concern> concerns,
            Function<Concern, List<Delivery>> deliveries,
            List<ReceiverStatus> receivers) {
        json.writeStartObject();
        for (boolean active : new boolean[] {true, false}) {
            json.writeArrayPropertyStart(active ? "active" : "history");
            for (Concern concern : concerns) {
                if (concern.active() == active) {
                    json.writeStartObject();
                    write(json, concern.alert());
                    write(json, deliveries.apply(concern));
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        }
        json.writeArrayPropertyStart("receivers");
        receivers.forEach(receiver -> write(json, receiver));
        json.writeEndArray().writeEndObject();
    }

    /// The fields of an object that is begun.
    private static void write(JsonGenerator json, Alert alert) {
        json.writeStringProperty("kind", DriftJson.lower(alert.kind()))
                .writeStringProperty("model", alert.key().name())
                .writeNumberProperty("version", alert.key().version())
                .writeStringProperty("severity", DriftJson.lower(alert.severity()))
                .writeStringProperty("raised", DriftJson.instant(alert.raisedMillis()));
        if (alert.clearedMillis() != 0) {
            json.writeStringProperty("cleared", DriftJson.instant(alert.clearedMillis()));
        }
        json.writeStringProperty("from", DriftJson.instant(alert.fromMillis())).writeNumberProperty("n", alert.rows());
        DriftJson.number(json, "share", alert.share());
        json.writeStringProperty("cause", DriftJson.lower(alert.cause()));
        json.writeArrayPropertyStart("features");
        alert.features().forEach(json::writeString);
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, List<Delivery> deliveries) {
        json.writeArrayPropertyStart("deliveries");
        for (Delivery delivery : deliveries) {
            json.writeStartObject()
                    .writeStringProperty("receiver", delivery.receiver())
                    .writeStringProperty("state", DriftJson.lower(delivery.state()))
                    .writeStringProperty("at", DriftJson.instant(delivery.atMillis()));
            if (!delivery.id().isEmpty()) {
                json.writeStringProperty("event", delivery.id()).writeNumberProperty("attempts", delivery.attempts());
            }
            if (!delivery.failure().isEmpty()) {
                json.writeStringProperty("failure", delivery.failure());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, ReceiverStatus receiver) {
        json.writeStartObject()
                .writeStringProperty("name", receiver.name())
                .writeStringProperty("form", DriftJson.lower(receiver.form()).replace('_', '-'))
                .writeStringProperty("host", receiver.host())
                .writeNumberProperty("waiting", receiver.waiting())
                .writeObjectPropertyStart("attempts")
                .writeNumberProperty("accepted", receiver.attemptsAccepted())
                .writeNumberProperty("failed", receiver.attemptsFailed())
                .writeEndObject();
        if (!receiver.events().isEmpty()) {
            json.writeObjectPropertyStart("events");
            for (Outcome outcome : Outcome.values()) {
                json.writeNumberProperty(
                        DriftJson.lower(outcome), receiver.events().getOrDefault(outcome, 0L));
            }
            json.writeEndObject();
            json.writeNumberProperty("unkept", receiver.unkept());
        }
        if (!receiver.lastFailure().isEmpty()) {
            json.writeStringProperty("lastFailure", receiver.lastFailure())
                    .writeStringProperty("lastFailureAt", DriftJson.instant(receiver.lastFailureMillis()));
        }
        json.writeEndObject();
    }

    static void write(JsonGenerator json, RetrainingRequest request, List<Delivery> deliveries) {
        json.writeStartObject()
                .writeStringProperty("id", request.id())
                .writeStringProperty("model", request.key().name())
                .writeNumberProperty("version", request.key().version())
                .writeStringProperty("state", DriftJson.lower(request.state()))
                .writeStringProperty("requested", DriftJson.instant(request.requestedMillis()));
        if (request.decidedMillis() != 0) {
            json.writeStringProperty("decided", DriftJson.instant(request.decidedMillis()))
                    .writeStringProperty("decidedBy", request.decidedBy());
        }
        json.writeArrayPropertyStart("reasons");
        for (Concern reason : request.reasons()) {
            json.writeStartObject();
            write(json, reason.alert());
            json.writeEndObject();
        }
        json.writeEndArray();
        write(json, deliveries);
        json.writeEndObject();
    }
}
