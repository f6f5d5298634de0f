package dev.penstock.server.rest;

import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// Writes what is recorded of models and what happens to them. Times are of ISO 8601, in UTC.
final class LifecycleJson {
    private LifecycleJson() {}

    /// The fields of a version as it is recorded, but for its number.
    static void writeVersionFields(JsonGenerator json, VersionRecord version) {
        json.writeStringProperty("sha256", version.digest())
                .writeNumberProperty("bytes", bytes(version))
                .writeStringProperty("source", version.source())
                .writeStringProperty("registered", version.registered().toString())
                .writeStringProperty("by", version.by())
                .writeStringProperty("signature", version.signature())
                .writeBooleanProperty("wanted", version.wanted());
        json.writeArrayPropertyStart("files");
        for (StoredFile file : version.files()) {
            json.writeStartObject()
                    .writeStringProperty("path", file.path())
                    .writeStringProperty("sha256", file.sha256())
                    .writeNumberProperty("bytes", file.bytes())
                    .writeEndObject();
        }
        json.writeEndArray();
        json.writeName("lineage");
        writeLineage(json, version.lineage());
        writeGates(json, version.gates());
        if (!version.intent().asksForNothing()) {
            writeWaiting(json, version.intent());
        }
    }

    /// What takes effect when the version passes.
    private static void writeWaiting(JsonGenerator json, Intent intent) {
        json.writeObjectPropertyStart("waiting").writeArrayPropertyStart("aliases");
        intent.aliases().forEach(json::writeString);
        json.writeEndArray()
                .writeStringProperty("policy", intent.policy())
                .writeStringProperty("config", intent.config())
                .writeStringProperty("by", intent.by())
                .writeStringProperty("at", intent.at().toString())
                .writeEndObject();
    }

    private static long bytes(VersionRecord version) {
        return version.files().stream().mapToLong(StoredFile::bytes).sum();
    }

    private static void writeLineage(JsonGenerator json, Lineage lineage) {
        json.writeStartObject()
                .writeStringProperty("git_commit", lineage.gitCommit())
                .writeStringProperty("data_version", lineage.dataVersion())
                .writeStringProperty("training_run", lineage.trainingRun())
                .writeStringProperty("author", lineage.author());
        json.writeObjectPropertyStart("metrics");
        for (Map.Entry<String, Double> metric : lineage.metrics().entrySet()) {
            json.writeNumberProperty(metric.getKey(), metric.getValue());
        }
        json.writeEndObject().writeObjectPropertyStart("labels");
        for (Map.Entry<String, String> label : lineage.labels().entrySet()) {
            json.writeStringProperty(label.getKey(), label.getValue());
        }
        json.writeEndObject().writeEndObject();
    }

    private static void writeGates(JsonGenerator json, List<GateRecord> gates) {
        json.writeArrayPropertyStart("gates");
        for (GateRecord gate : gates) {
            json.writeStartObject()
                    .writeStringProperty("gate", gate.gate())
                    .writeStringProperty("verdict", gate.verdict().name().toLowerCase(Locale.ROOT))
                    .writeStringProperty("detail", gate.detail())
                    .writeEndObject();
        }
        json.writeEndArray();
    }

    /// @param effective the version that answers for it now, or 0 if none does
    static void writeAlias(JsonGenerator json, AliasRecord alias, long effective) {
        json.writeStartObject()
                .writeStringProperty("name", alias.name())
                .writeNumberProperty("version", alias.version())
                .writeNumberProperty("previous", alias.previous())
                .writeNumberProperty("effective", effective)
                .writeStringProperty("moved", alias.moved().toString())
                .writeStringProperty("by", alias.by())
                .writeEndObject();
    }

    /// The fields of what became of a registration.
    static void writeRegistrationFields(JsonGenerator json, Registration registration) {
        json.writeStringProperty("model", registration.model())
                .writeNumberProperty("version", registration.version().number())
                .writeBooleanProperty("new", registration.isNew())
                .writeBooleanProperty("serving", registration.serving())
                .writeStringProperty("problem", registration.problem());
        writeVersionFields(json, registration.version());
    }

    static void writeEvent(JsonGenerator json, LifecycleEvent event) {
        json.writeStartObject()
                .writeStringProperty("at", event.at().toString())
                .writeStringProperty("model", event.model())
                .writeNumberProperty("version", event.version())
                .writeStringProperty("phase", event.phase().name().toLowerCase(Locale.ROOT))
                .writeStringProperty("detail", event.detail());
        if (event.bytes() > 0) {
            json.writeNumberProperty("bytes", event.bytes()).writeNumberProperty("total_bytes", event.totalBytes());
        }
        json.writeEndObject();
    }

    static void writeAudit(JsonGenerator json, AuditEntry entry) {
        Act act = entry.act();
        json.writeStartObject()
                .writeNumberProperty("id", entry.id())
                .writeStringProperty("at", act.at().toString())
                .writeStringProperty("model", entry.model())
                .writeStringProperty("who", act.who())
                .writeStringProperty("action", act.action())
                .writeStringProperty("detail", act.detail());
        writeRecord(json, "before", entry.before());
        writeRecord(json, "after", entry.after());
        json.writeEndObject();
    }

    /// @param record JSON of our own, or "" for none
    private static void writeRecord(JsonGenerator json, String name, String record) {
        json.writeName(name);
        if (record.isEmpty()) {
            json.writeNull();
            return;
        }
        try (JsonParser source = Json.parser(record)) {
            source.nextToken();
            json.copyCurrentStructure(source);
        }
    }
}
