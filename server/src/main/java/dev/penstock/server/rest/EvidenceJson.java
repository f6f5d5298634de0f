package dev.penstock.server.rest;

import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.drift.FeatureEvidence;
import dev.penstock.monitor.drift.MeanEvidence;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes what sub-windows say of drift, one after another. What cannot be said is null. Pure.
final class EvidenceJson {
    private EvidenceJson() {}

    static void write(JsonGenerator json, EvidenceReport report) {
        json.writeObjectPropertyStart("evidence")
                .writeStringProperty("status", DriftJson.lower(report.status()))
                .writeNumberProperty("subWindows", report.subWindows())
                .writeArrayPropertyStart("features");
        for (FeatureEvidence feature : report.features()) {
            write(json, feature);
        }
        json.writeEndArray();
        List<FeatureEvidence> shifting = report.features().stream()
                .filter(feature -> feature.mean().shifting())
                .toList();
        json.writeArrayPropertyStart("shifting");
        shifting.forEach(feature -> json.writeString(feature.feature().name()));
        json.writeEndArray().writeEndObject();
    }

    private static void write(JsonGenerator json, FeatureEvidence evidence) {
        json.writeStartObject()
                .writeStringProperty("name", evidence.feature().name())
                .writeStringProperty("status", DriftJson.lower(evidence.status()));
        DriftJson.number(json, "logE", evidence.logEvidence());
        DriftJson.number(json, "alarmAt", evidence.alarmAt());
        json.writeNumberProperty("n", evidence.count());
        DriftJson.number(json, "psi", evidence.psi());
        MeanEvidence mean = evidence.mean();
        DriftJson.number(json, "cusumUp", mean.up());
        DriftJson.number(json, "cusumDown", mean.down());
        DriftJson.number(json, "cusumAlarmAt", mean.alarmAt());
        DriftJson.number(json, "meanShift", mean.shift());
        json.writeBooleanProperty("meanShifting", mean.shifting()).writeEndObject();
    }
}
